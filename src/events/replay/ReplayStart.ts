import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isNamed } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { stampOf } from '../cursor/eventStamp.ts';
import { mayBeInDigest, resolveDigest } from '../cursor/resolveDigest.ts';

/** Finds the point in a replay that corresponds to a reader's position. The replay begins before the position. */
export class ReplayStart {
  readonly #after: EventPosition;
  readonly #inDigest: JournalStatusEvent[] = [];
  /** The tokens of the last delivered and the latest delivered event, until the replay has contained them. */
  readonly #unseen: Set<string>;
  #hasSeenNamed: boolean;
  #resolved: EventPosition | null;

  /** @param after a position that names events, at least one of which the API must still have */
  constructor(after: EventPosition) {
    this.#after = after;
    this.#resolved = resolveDigest(after, []);
    const { ms, floorMs, named } = after;
    const past = named.filter((stamp) => stamp.ms > floorMs && stamp.ms <= ms);
    const latest = past.toSorted((a, b) => a.ms - b.ms).at(-1);
    this.#unseen = new Set([past.at(-1), latest].flatMap((stamp) => stamp?.token ?? []));
    // Events of the digest suffice instead: `isMissing` requires all of them.
    this.#hasSeenNamed = after.digest !== undefined;
  }

  /**
   * True until the replay has reached the position. Until then, the reader may already have the events of the replay.
   */
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

  /** Must be called for each event of the replay. */
  see(event: JournalStatusEvent): void {
    const { token } = stampOf(event);
    this.#unseen.delete(token);
    this.#hasSeenNamed ||= isNamed(this.#after, token);
    if (this.#resolved || !mayBeInDigest(event, this.#after)) return;
    this.#inDigest.push(event);
    if (this.#inDigest.length === this.#after.digest?.count) this.settle();
  }

  /** Must be called at the end of the replay. */
  settle(): void {
    this.#resolved ??= resolveDigest(this.#after, this.#inDigest);
  }
}
