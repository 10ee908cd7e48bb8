/** What runs until it is told to stop. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Starts something and closes it at SIGTERM or SIGINT; a signal that comes while it starts is obeyed once it has
 * started, and then nothing is returned. A second signal doesn't wait. When something can't be closed, the process ends
 * with exit code 1.
 *
 * @param noteFailure is told of each part that could not be closed
 */
export async function untilSignal<Running extends Closable>(
  start: () => Promise<Running>,
  noteFailure: (failure: unknown) => void,
): Promise<Running | null> {
  const close = (running: Running) =>
    running.close().catch((error: unknown) => {
      const failures: unknown[] = error instanceof AggregateError ? error.errors : [error];
      for (const failure of failures) noteFailure(failure);
      // What is still open would keep the process alive.
      process.exit(1);
    });
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const running = await start();
  if (stopping.signal.aborted) {
    await close(running);
    return null;
  }
  stopping.signal.addEventListener('abort', () => void close(running));
  return running;
}
