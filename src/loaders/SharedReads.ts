import type { Principal } from '../auth/principal.ts';
import { cancellationOf } from '../errors/cancellation.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalListing } from '../upstream/journals/journalListing.ts';
import type { JournalList, JournalsClient } from '../upstream/journals/JournalsClient.ts';

interface Read {
  /** What had happened when it began. */
  writes: number;
  position: unknown;
  result: Promise<unknown>;
  /** Operations that wait for it. */
  waiting: number;
  cancel: AbortController;
}

/**
 * Reads under way, shared by the operations of a principal that ask for the same at the same time. A read is joined only
 * while nothing was published or written since it began: what an operation reads is as new as all that was known when it
 * asked.
 */
export class SharedReads {
  readonly #client: JournalsClient;
  readonly #position: () => unknown;
  readonly #reads = new Map<string, Read>();

  /** @param position where the events stand: another value whenever one was published */
  constructor(client: JournalsClient, position: () => unknown) {
    this.#client = client;
    this.#position = position;
  }

  /** As `JournalsClient.get`. */
  get(principal: Principal, id: string, signal?: AbortSignal): Promise<Journal | null> {
    return this.#share([principal.name, id], (cancel) => this.#client.get(id, cancel), signal);
  }

  /** As `JournalsClient.list`. */
  list(principal: Principal, listing: JournalListing, signal?: AbortSignal): Promise<JournalList> {
    return this.#share([principal.name, listing], (cancel) => this.#client.list(listing, cancel), signal);
  }

  #share<Result>(
    what: unknown[],
    read: (cancel: AbortSignal) => Promise<Result>,
    signal: AbortSignal | undefined,
  ): Promise<Result> {
    const key = JSON.stringify(what);
    const { writes } = this.#client;
    const position = this.#position();
    const known = this.#reads.get(key);
    if (known?.writes === writes && known.position === position) return join(known, signal) as Promise<Result>;
    const cancel = new AbortController();
    const begun: Read = { writes, position, result: read(cancel.signal), waiting: 0, cancel };
    this.#reads.set(key, begun);
    const forget = () => {
      if (this.#reads.get(key) === begun) this.#reads.delete(key);
    };
    begun.result.then(forget, forget);
    cancel.signal.addEventListener('abort', forget, { once: true });
    return join(begun, signal) as Promise<Result>;
  }
}

/** Whoever leaves hears so at once; the read is given up when the last one has left. */
function join(read: Read, signal: AbortSignal | undefined): Promise<unknown> {
  read.waiting += 1;
  if (!signal) return read.result;
  return new Promise((resolve, reject) => {
    const leave = () => {
      read.waiting -= 1;
      if (read.waiting === 0) read.cancel.abort();
      reject(cancellationOf(signal));
    };
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();
    read.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave));
  });
}
