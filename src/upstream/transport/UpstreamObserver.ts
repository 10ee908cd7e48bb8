import type { Outcome } from './Outcome.ts';

/** One attempt of a call, before it is made. */
export interface UpstreamAttempt {
  /** The method of `JournalsClient`, `probe` or `statusEvents`. */
  endpoint: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** The number of the attempt; 1 for the first attempt of a call. */
  number: number;
}

export interface UpstreamEnd {
  /** See docs/money.md; `cancelled` for a read whose caller has left. */
  outcome: Outcome<unknown>['kind'] | 'cancelled';
  /** Null when there was no complete response. */
  status: number | null;
  /** The API's `X-Request-ID`. */
  requestId: string | null;
}

export interface UpstreamWatch {
  /** Headers that are added to the request. */
  headers?: Record<string, string>;
  ended(end: UpstreamEnd): void;
}

/** An observer that is notified of every request to the API. Metrics and traces are observers. */
export interface UpstreamObserver {
  began(attempt: UpstreamAttempt): UpstreamWatch;
}

/** Notifies several observers of one attempt and merges their headers. */
export function observeAll(observers: readonly UpstreamObserver[], attempt: UpstreamAttempt): UpstreamWatch {
  const [only, ...others] = observers;
  if (only && others.length === 0) return only.began(attempt);
  const watches = observers.map((observer) => observer.began(attempt));
  const merged: Record<string, string> = {};
  for (const { headers } of watches) Object.assign(merged, headers);
  return {
    headers: merged,
    ended: (end) => {
      for (const watch of watches) watch.ended(end);
    },
  };
}
