import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { CrowdSearch } from '../cursor/CrowdSearch.ts';
import { isNamed } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { stampOf } from '../cursor/eventStamp.ts';

/** Where the part of a replay begins that a reader at a position wants. */
export class ReplayStart {
  readonly #after: EventPosition;
  readonly #search: CrowdSearch;
  /** The event that was delivered last, and the latest: a replay that has brought both has brought all before them. */
  readonly #unseen: Set<string>;
  #hasSeenNamed: boolean;

  /** @param after a real position: the API must still have an event that it says was delivered */
  constructor(after: EventPosition) {
    this.#after = after;
    this.#search = new CrowdSearch(after);
    const { ms, floorMs, named } = after;
    const past = named.filter((stamp) => stamp.ms > floorMs && stamp.ms <= ms);
    const latest = past.toSorted((a, b) => a.ms - b.ms).at(-1);
    this.#unseen = new Set([past.at(-1), latest].flatMap((stamp) => stamp?.token ?? []));
    // Whoever finds the crowd has seen delivered events.
    this.#hasSeenNamed = after.crowd !== undefined;
  }

  /** True while the replay has not shown the position: what it has brought may be delivered already, or not be whole. */
  get isMissing(): boolean {
    return !this.#hasSeenNamed || this.#search.resolved === null;
  }

  /** True once nothing can come any more that was delivered. */
  get isPassed(): boolean {
    return !this.isMissing && this.#unseen.size === 0;
  }

  /** The position with its crowd named one by one, as soon as that is known. */
  get resolved(): EventPosition {
    return this.#search.resolved ?? this.#after;
  }

  see(event: JournalStatusEvent): void {
    const { token } = stampOf(event);
    this.#unseen.delete(token);
    this.#hasSeenNamed ||= isNamed(this.#after, token);
    this.#search.see(event);
  }

  /** Nothing more of the position's own time comes. */
  settle(): void {
    this.#search.settle();
  }
}
