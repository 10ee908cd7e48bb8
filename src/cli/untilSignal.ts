import { SetupError } from '../errors/SetupError.ts';

/** Something that runs until it is closed. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Starts something and closes it on SIGTERM or SIGINT. A signal during startup takes effect after startup, and the
 * result is then null. A second signal makes the process exit immediately. If a part can't be closed, the process exits
 * with code 1.
 *
 * @param noteFailure called for each part that could not be closed
 * @throws SetupError if the configured address can't be listened on
 */
export async function untilSignal<Running extends Closable>(
  start: () => Promise<Running>,
  noteFailure: (failure: unknown) => void,
): Promise<Running | null> {
  const close = (running: Running) =>
    running.close().catch((error: unknown) => {
      const failures: unknown[] = error instanceof AggregateError ? error.errors : [error];
      for (const failure of failures) noteFailure(failure);
      // Parts that are still open would keep the process alive.
      process.exit(1);
    });
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  };
  process.on('SIGTERM', stop).on('SIGINT', stop);
  const running = await start().catch((error: unknown) => {
    throw listenError(error);
  });
  if (stopping.signal.aborted) {
    await close(running);
    return null;
  }
  stopping.signal.addEventListener('abort', () => void close(running));
  return running;
}

/** System error codes for an address that can't be listened on. */
const addressCodes = new Set(['EACCES', 'EADDRNOTAVAIL', 'ENOTFOUND', 'EAI_AGAIN', 'EAFNOSUPPORT']);

/** Turns an error about the configured address into a `SetupError` of one line. Returns other errors unchanged. */
function listenError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, port, address }: NodeJS.ErrnoException & { port?: number; address?: string } = error;
  if (code === 'EADDRINUSE') return new SetupError(`port ${port} is in use on ${address}`);
  return code !== undefined && addressCodes.has(code) ? new SetupError(`can't listen: ${error.message}`) : error;
}
