import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isNamed } from './eventPosition.ts';
import type { EventPosition } from './eventPosition.ts';
import { addToken, stampOf } from './eventStamp.ts';

/**
 * Finds the events of a position's digest among the events of a replay or a window. The events of the digest are the
 * first ones of its instant, either in the order of arrival or in the order of their ids. The sum in the digest proves
 * which of the two orders is right.
 */
export class DigestResolver {
  readonly #position: EventPosition;
  readonly #candidates: JournalStatusEvent[] = [];
  #sum = 0;
  #resolved: EventPosition | null;

  constructor(position: EventPosition) {
    this.#position = position;
    this.#resolved = position.digest ? null : position;
  }

  /** The position with names in place of its digest. Null until the events of the digest are found. */
  get resolved(): EventPosition | null {
    return this.#resolved;
  }

  see(event: JournalStatusEvent): void {
    const { digest } = this.#position;
    if (this.#resolved || !digest) return;
    const { ms, token } = stampOf(event);
    if (ms !== digest.ms || isNamed(this.#position, token)) return;
    this.#candidates.push(event);
    if (this.#candidates.length > digest.count) return;
    this.#sum = addToken(this.#sum, token);
    if (this.#candidates.length === digest.count && this.#sum === digest.sum) this.#resolve(this.#candidates);
  }

  /** To be called after the last event of the instant: tries the order of the ids. */
  settle(): void {
    const { digest } = this.#position;
    if (this.#resolved || !digest || this.#candidates.length < digest.count) return;
    const first = this.#candidates.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, digest.count);
    const sum = first.reduce((total, event) => addToken(total, stampOf(event).token), 0);
    if (sum === digest.sum) this.#resolve(first);
  }

  #resolve(events: readonly JournalStatusEvent[]): void {
    const { ms, floorMs, named } = this.#position;
    this.#resolved = { ms, floorMs, named: [...events.map(stampOf), ...named] };
  }
}
