/** The command was typed or configured wrongly: printed as it stands on stderr, with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Codes with which the system says that the address asked for can't be listened on. */
const addressCodes = new Set(['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT']);

/** The same error, as a `UsageError` of one line where it is about the address that was asked for. */
export function listenError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, port, address }: NodeJS.ErrnoException & { port?: number; address?: string } = error;
  if (code === 'EADDRINUSE') return new UsageError(`port ${port} is in use on ${address}`);
  return code !== undefined && addressCodes.has(code) ? new UsageError(`can't listen: ${error.message}`) : error;
}
