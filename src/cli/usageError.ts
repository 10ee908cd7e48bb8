/** Invalid usage or configuration. The message is printed to stderr as it is, with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** System error codes for an address that can't be listened on. */
const addressCodes = new Set(['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT']);

/** Turns an error about the configured address into a `UsageError` of one line. Returns other errors unchanged. */
export function listenError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, port, address }: NodeJS.ErrnoException & { port?: number; address?: string } = error;
  if (code === 'EADDRINUSE') return new UsageError(`port ${port} is in use on ${address}`);
  return code !== undefined && addressCodes.has(code) ? new UsageError(`can't listen: ${error.message}`) : error;
}
