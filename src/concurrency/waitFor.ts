import type { CancelSignal } from './Cancellation.ts';
import { Deferred } from './Deferred.ts';

export interface WaitOptions {
  /** How long to wait at most, in ms. */
  timeoutMs?: number;
  /** Ends the wait. */
  signal?: CancelSignal | undefined;
}

/**
 * Waits until a promise is settled, the time is over or the signal is aborted, whichever comes first. Removes its timer
 * and its listener, and handles a later rejection of the promise.
 *
 * @returns true when the promise was fulfilled in time
 * @throws the reason for which the promise is rejected
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

/** Waits for a time. @returns false when the signal ended the wait early */
export async function pause(timeoutMs: number, signal?: CancelSignal): Promise<boolean> {
  await waitFor(new Promise(() => undefined), { timeoutMs, signal });
  return !(signal?.aborted ?? false);
}
