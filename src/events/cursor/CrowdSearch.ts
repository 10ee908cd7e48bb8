import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isNamed } from './eventPosition.ts';
import type { EventPosition } from './eventPosition.ts';
import { addToken, stampOf } from './eventStamp.ts';

/**
 * Finds the events of a position's crowd among those that a replay or a window brings. The crowd is the first events of
 * its instant, in the order in which they come or in the order of their ids: its digest proves which.
 */
export class CrowdSearch {
  readonly #position: EventPosition;
  readonly #candidates: JournalStatusEvent[] = [];
  #digest = 0;
  #resolved: EventPosition | null;

  constructor(position: EventPosition) {
    this.#position = position;
    this.#resolved = position.crowd ? null : position;
  }

  /** The position with the events of the crowd named one by one; null while they are not found. */
  get resolved(): EventPosition | null {
    return this.#resolved;
  }

  see(event: JournalStatusEvent): void {
    const { crowd } = this.#position;
    if (this.#resolved || !crowd) return;
    const { ms, token } = stampOf(event);
    if (ms !== crowd.ms || isNamed(this.#position, token)) return;
    this.#candidates.push(event);
    if (this.#candidates.length > crowd.count) return;
    this.#digest = addToken(this.#digest, token);
    if (this.#candidates.length === crowd.count && this.#digest === crowd.digest) this.#resolve(this.#candidates);
  }

  /** No more events of the instant come. */
  settle(): void {
    const { crowd } = this.#position;
    if (this.#resolved || !crowd || this.#candidates.length < crowd.count) return;
    const first = this.#candidates.toSorted((a, b) => (a.id < b.id ? -1 : 1)).slice(0, crowd.count);
    const digest = first.reduce((sum, event) => addToken(sum, stampOf(event).token), 0);
    if (digest === crowd.digest) this.#resolve(first);
  }

  #resolve(events: readonly JournalStatusEvent[]): void {
    const { ms, floorMs, named } = this.#position;
    this.#resolved = { ms, floorMs, named: [...events.map(stampOf), ...named] };
  }
}
