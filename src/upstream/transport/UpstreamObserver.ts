import type { Outcome } from './Outcome.ts';

/** One attempt of a call, about to be made. */
export interface UpstreamAttempt {
  /** The method of `JournalsClient` that calls, `probe` or `statusEvents`. */
  endpoint: string;
  method: 'GET' | 'POST' | 'DELETE';
  /** 1 for the first. */
  number: number;
}

export interface UpstreamEnd {
  /** As docs/money.md has it; `cancelled` where nobody waits for a read any more. */
  outcome: Outcome<unknown>['kind'] | 'cancelled';
  /** Null when no whole answer came. */
  status: number | null;
  /** The API's `X-Request-ID`. */
  requestId: string | null;
}

export interface UpstreamWatch {
  /** Sent along. */
  headers?: Record<string, string>;
  ended(end: UpstreamEnd): void;
}

/** Hears of every request to the API. Metrics and traces are made of this. */
export interface UpstreamObserver {
  began(attempt: UpstreamAttempt): UpstreamWatch;
}

/** What several observers make of one attempt. */
export function observeAll(observers: readonly UpstreamObserver[], attempt: UpstreamAttempt): Required<UpstreamWatch> {
  const watches = observers.map((observer) => observer.began(attempt));
  return {
    headers: Object.assign({}, ...watches.map(({ headers }) => headers)) as Record<string, string>,
    ended: (end) => {
      for (const watch of watches) watch.ended(end);
    },
  };
}
