import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isNamed } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { stampOf } from '../cursor/eventStamp.ts';
import { mayBeInDigest, resolveDigest } from '../cursor/resolveDigest.ts';

/** Finds a reader's position in a replay that begins before this position. */
export class ReplayStart {
  readonly #after: EventPosition;
  readonly #inDigest: JournalStatusEvent[] = [];
  /** The last delivered event and the latest one, until the replay has contained them. All earlier events precede both. */
  readonly #unseen: Set<string>;
  #hasSeenNamed: boolean;
  #resolved: EventPosition | null;

  /** @param after a position with events, of which the API must still have one */
  constructor(after: EventPosition) {
    this.#after = after;
    this.#resolved = resolveDigest(after, []);
    const { ms, floorMs, named } = after;
    const past = named.filter((stamp) => stamp.ms > floorMs && stamp.ms <= ms);
    const latest = past.toSorted((a, b) => a.ms - b.ms).at(-1);
    this.#unseen = new Set([past.at(-1), latest].flatMap((stamp) => stamp?.token ?? []));
    // The events of the digest were delivered, too, and always have to be found.
    this.#hasSeenNamed = after.digest !== undefined;
  }

  /** True until the replay has reached the position. Before that, the reader may already have the events of the replay. */
  get isMissing(): boolean {
    return !this.#hasSeenNamed || this.#resolved === null;
  }

  /** True once all further events of the replay are new to the reader. */
  get isPassed(): boolean {
    return !this.isMissing && this.#unseen.size === 0;
  }

  /** The position, with names in place of its digest once the names are known. */
  get resolved(): EventPosition {
    return this.#resolved ?? this.#after;
  }

  see(event: JournalStatusEvent): void {
    const { token } = stampOf(event);
    this.#unseen.delete(token);
    this.#hasSeenNamed ||= isNamed(this.#after, token);
    if (this.#resolved || !mayBeInDigest(event, this.#after)) return;
    this.#inDigest.push(event);
    if (this.#inDigest.length === this.#after.digest?.count) this.settle();
  }

  /** To be called at the end of the replay. */
  settle(): void {
    this.#resolved ??= resolveDigest(this.#after, this.#inDigest);
  }
}
