import { SetupError } from '../errors/SetupError.ts';

/** System error codes for an address that can't be listened on. */
const addressCodes = new Set(['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT']);

/** Turns an error about the configured address into a `SetupError` of one line. Returns other errors unchanged. */
export function listenError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, port, address }: NodeJS.ErrnoException & { port?: number; address?: string } = error;
  if (code === 'EADDRINUSE') return new SetupError(`port ${port} is in use on ${address}`);
  return code !== undefined && addressCodes.has(code) ? new SetupError(`can't listen: ${error.message}`) : error;
}
