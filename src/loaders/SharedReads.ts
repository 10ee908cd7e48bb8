import type { Principal } from '../auth/principal.ts';
import { waitFor } from '../concurrency/waitFor.ts';
import { cancellationOf } from '../errors/cancellation.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalListing } from '../upstream/journals/journalListing.ts';
import type { JournalList, JournalsClient } from '../upstream/journals/JournalsClient.ts';

interface Read {
  /** Writes and event position when it began. */
  writes: number;
  position: unknown;
  result: Promise<unknown>;
  /** Number of operations that wait for it. */
  waiters: number;
  cancel: AbortController;
}

/**
 * Shares a read in progress among operations of one principal that request the same. A read is shared only if no event was
 * published and nothing was written since it began, so a result is never older than the operation's own start.
 */
export class SharedReads {
  readonly #client: JournalsClient;
  readonly #position: () => unknown;
  readonly #reads = new Map<string, Read>();

  /** @param position of the last event; changes with every published event */
  constructor(client: JournalsClient, position: () => unknown) {
    this.#client = client;
    this.#position = position;
  }

  /** As `JournalsClient.get`. */
  get(principal: Principal, id: string, signal?: AbortSignal): Promise<Journal | null> {
    return this.share([principal.name, id], (cancel) => this.#client.get(id, cancel), signal);
  }

  /** As `JournalsClient.list`. */
  list(principal: Principal, listing: JournalListing, signal?: AbortSignal): Promise<JournalList> {
    return this.share([principal.name, listing], (cancel) => this.#client.list(listing, cancel), signal);
  }

  /** @param what identifies the read, its principal included, as JSON */
  share<Result>(
    what: readonly unknown[],
    read: (cancel: AbortSignal) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const key = JSON.stringify(what);
    const { writes } = this.#client;
    const position = this.#position();
    const current = this.#reads.get(key);
    if (current?.writes === writes && current.position === position) return join(current, signal) as Promise<Result>;
    const cancel = new AbortController();
    const begun: Read = { writes, position, result: read(cancel.signal), waiters: 0, cancel };
    this.#reads.set(key, begun);
    const forget = () => {
      if (this.#reads.get(key) === begun) this.#reads.delete(key);
    };
    begun.result.then(forget, forget);
    cancel.signal.addEventListener('abort', forget, { once: true });
    return join(begun, signal) as Promise<Result>;
  }
}

/** Waits for a read until the signal is aborted. The last waiter to leave aborts the read. */
async function join(read: Read, signal: AbortSignal | undefined): Promise<unknown> {
  read.waiters += 1;
  if (signal && !(await waitFor(read.result, { signal }))) {
    read.waiters -= 1;
    if (read.waiters === 0) read.cancel.abort();
    throw cancellationOf(signal);
  }
  return read.result;
}
