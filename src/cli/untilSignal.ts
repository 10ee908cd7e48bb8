/** What runs until it is told to stop. */
export interface Closable {
  close(): Promise<void>;
}

/**
 * Starts something and closes it at SIGTERM or SIGINT; a signal that comes while it starts is obeyed once it has
 * started, and then nothing is returned. A second signal doesn't wait.
 */
export async function untilSignal<Running extends Closable>(start: () => Promise<Running>): Promise<Running | null> {
  const stopping = new AbortController();
  const stop = () => {
    if (stopping.signal.aborted) process.exit(1);
    stopping.abort();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  const running = await start();
  if (stopping.signal.aborted) {
    await running.close();
    return null;
  }
  stopping.signal.addEventListener('abort', () => void running.close());
  return running;
}
