import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import { isBehind, isNamed } from './eventCursor.ts';
import type { EventPosition } from './eventCursor.ts';
import { stampOf } from './eventStamp.ts';
import { ReplayedIds } from './ReplayedIds.ts';
import type { StatusHub } from './StatusHub.ts';

/** What a subscriber who came with a position has had of what the hub tells: from a replay, or from another gateway. */
export class HadEvents {
  readonly #hub: StatusHub;
  readonly #after: EventPosition;
  /** The hub has told the position's last event: by what follows that in the hub's order the subscriber is not passed. */
  #isReached: boolean;
  #replayed: ReplayedIds | null = null;

  constructor(hub: StatusHub, after: EventPosition) {
    this.#hub = hub;
    this.#after = after;
    this.#isReached = hub.hasTold(after);
  }

  /** @param sinceMs what happened before was told before the replay */
  beginReplay(sinceMs: number): void {
    this.#replayed ??= new ReplayedIds(sinceMs);
  }

  /** It was replayed, and may come live too. */
  add(event: JournalStatusEvent): void {
    this.#replayed?.add(event);
  }

  /** To be asked once for each event that the hub tells after the past was asked for, in its order. */
  has(event: JournalStatusEvent): boolean {
    if (this.#replayed?.take(event)) return true;
    if (isBehind(this.#after, event)) return false;
    const { token } = stampOf(event);
    // A hub may be behind the gateway that gave the position: until it has come so far, the position says what was had.
    const isTold = !this.#isReached || this.#hub.isAroundBeginning(event) || isNamed(this.#after, token);
    this.#isReached ||= token === this.#after.tokens.at(-1);
    return isTold;
  }
}
