import type { Principal } from '../auth/principal.ts';
import { Cancellation } from '../concurrency/Cancellation.ts';
import type { CancelSignal } from '../concurrency/Cancellation.ts';
import { cancellationOf } from '../errors/cancellation.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalListing } from '../upstream/journals/journalListing.ts';
import type { JournalList, JournalsClient } from '../upstream/journals/JournalsClient.ts';

interface Read {
  /** The number of ended writes and the event position when the read began. */
  writes: number;
  position: unknown;
  /** Null once the read has ended: a `Map` may keep a deleted entry alive for a while, and a result is large. */
  result: Promise<unknown> | null;
  /** The number of operations that wait for the read. */
  waiters: number;
  cancel: Cancellation;
}

/**
 * Shares reads in progress among operations of one principal that request the same data. A read is shared only if no
 * event was published and no write has ended since it began, so that it is as good as a read that the operation would
 * begin itself.
 */
export class SharedReads {
  readonly #client: JournalsClient;
  readonly #position: () => unknown;
  readonly #reads = new Map<string, Read>();

  /** @param position returns the position of the last event, which changes with every published event */
  constructor(client: JournalsClient, position: () => unknown) {
    this.#client = client;
    this.#position = position;
  }

  /** Like `JournalsClient.get`. */
  get(principal: Principal, id: string, signal?: CancelSignal): Promise<Journal | null> {
    return this.share(`${id} ${principal.name}`, (cancel) => this.#client.get(id, cancel), signal);
  }

  /** Like `JournalsClient.list`. */
  list(principal: Principal, listing: JournalListing, signal?: CancelSignal): Promise<JournalList> {
    return this.share(
      `${JSON.stringify(listing)} ${principal.name}`,
      (cancel) => this.#client.list(listing, cancel),
      signal,
    );
  }

  /** Joins a read in progress, or begins one. @param key identifies the data and the principal */
  share<Result>(
    key: string,
    read: (cancel: CancelSignal) => Promise<Result>,
    signal: CancelSignal | undefined,
  ): Promise<Result> {
    const { writes } = this.#client;
    const position = this.#position();
    const current = this.#reads.get(key);
    if (current?.result && current.writes === writes && current.position === position) {
      return join(current, current.result as Promise<Result>, signal);
    }
    const cancel = new Cancellation();
    const result = read(cancel);
    const begun: Read = { writes, position, result, waiters: 0, cancel };
    this.#reads.set(key, begun);
    const forget = () => {
      begun.result = null;
      if (this.#reads.get(key) === begun) this.#reads.delete(key);
    };
    result.then(forget, forget);
    cancel.addEventListener('abort', forget);
    return join(begun, result, signal);
  }
}

/** Waits for a read until the signal is aborted. The last waiter to leave aborts the read. */
function join<Result>(read: Read, result: Promise<Result>, signal: CancelSignal | undefined): Promise<Result> {
  read.waiters += 1;
  if (!signal) return result;
  return new Promise((resolve, reject) => {
    const leave = () => {
      read.waiters -= 1;
      if (read.waiters === 0) read.cancel.abort();
      reject(cancellationOf(signal));
    };
    const detach = () => signal.removeEventListener('abort', leave);
    signal.addEventListener('abort', leave);
    result.then(resolve, reject);
    result.then(detach, detach);
    if (signal.aborted) leave();
  });
}
