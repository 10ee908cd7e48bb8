import type { CancelSignal } from './Cancellation.ts';
import { Deferred } from './Deferred.ts';

export interface WaitOptions {
  /** Maximum wait, in ms. */
  timeoutMs?: number;
  /** Ends the wait. */
  signal?: CancelSignal | undefined;
}

/**
 * Waits until the promise settles, the timeout passes or the signal is aborted, whichever comes first. Afterwards
 * removes its timer and its listener. A later rejection of the promise counts as handled.
 *
 * @returns true if the promise was fulfilled in time
 * @throws the reason of the promise if it is rejected in time
 */
export async function waitFor(promise: Promise<unknown>, { timeoutMs, signal }: WaitOptions): Promise<boolean> {
  const ended = new Deferred<false>();
  const end = () => ended.resolve(false);
  if (signal?.aborted) end();
  const timer = timeoutMs === undefined ? undefined : setTimeout(end, Math.max(0, timeoutMs));
  signal?.addEventListener('abort', end, { once: true });
  try {
    return await Promise.race([ended.promise, promise.then(() => true as const)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', end);
  }
}

/** Waits for this time. @returns false if the signal ended the wait early */
export async function pause(timeoutMs: number, signal?: CancelSignal): Promise<boolean> {
  await waitFor(new Promise(() => undefined), { timeoutMs, signal });
  return !(signal?.aborted ?? false);
}
