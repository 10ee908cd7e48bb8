import { authorize } from '../auth/authorize.ts';
import type { Principal } from '../auth/principal.ts';
import type { CancelSignal } from '../concurrency/Cancellation.ts';
import type { Journal } from '../domain/journal.ts';

import type { SharedReads } from './SharedReads.ts';

/**
 * One per operation, which reads each journal once. The API reads one journal per call, so there is nothing to wait for
 * before a call begins, and one that fails does not affect the others.
 */
export class JournalLoader {
  readonly #shared: SharedReads;
  readonly #principal: Principal;
  readonly #signal: CancelSignal | undefined;
  readonly #reads = new Map<string, Promise<Journal | null>>();

  constructor(shared: SharedReads, principal: Principal, signal?: CancelSignal) {
    this.#shared = shared;
    this.#principal = principal;
    this.#signal = signal;
  }

  /** Null if the journal does not exist or the principal may not see it. */
  load(id: string): Promise<Journal | null> {
    const begun = this.#reads.get(id);
    if (begun) return begun;
    const read = readVisibleJournal(this.#shared, this.#principal, id, this.#signal);
    this.#reads.set(id, read);
    return read;
  }

  /** Forgets a journal that may have changed. */
  clear(id: string): this {
    this.#reads.delete(id);
    return this;
  }

  /** Takes note of a journal whose current state is known. */
  prime(id: string, journal: Journal): void {
    this.#reads.set(id, Promise.resolve(journal));
  }
}

/** Null if the journal does not exist or the principal may not see it. */
export async function readVisibleJournal(
  shared: SharedReads,
  principal: Principal,
  id: string,
  signal?: CancelSignal,
): Promise<Journal | null> {
  const journal = await shared.get(principal, id, signal);
  return journal && authorize(principal, { kind: 'readJournal', journal }) ? journal : null;
}
