import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isBehind, isNamed } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { stampOf } from '../cursor/eventStamp.ts';
import { ReplayedIds } from './ReplayedIds.ts';
import type { StatusHub } from '../feed/StatusHub.ts';

/** What a subscriber who came with a position has had of what the hub tells: from a replay, or from another gateway. */
export class SeenEvents {
  readonly #hub: StatusHub;
  #after: EventPosition;
  /** The hub has told the position's last event: by what follows that in the hub's order the subscriber is not passed. */
  #isReached: boolean;
  #replayed: ReplayedIds | null = null;

  constructor(hub: StatusHub, after: EventPosition) {
    this.#hub = hub;
    this.#after = after;
    this.#isReached = hub.hasTold(after);
  }

  /**
   * @param sinceMs what happened two minutes before was told before the replay
   * @param fromMs where the replay begins
   */
  beginReplay(sinceMs: number, fromMs: number): void {
    this.#replayed ??= new ReplayedIds(sinceMs, fromMs);
  }

  /** It was replayed, and may come live too. */
  add(event: JournalStatusEvent): void {
    this.#replayed?.add(event);
  }

  /** A replay has shown which events the position means. */
  resolve(after: EventPosition): void {
    if (this.#after.crowd) this.#after = after;
  }

  /** To be asked once for each event that the hub tells after the past was asked for, in its order. */
  has(event: JournalStatusEvent): boolean {
    const { token } = stampOf(event);
    const isReached = this.#isReached;
    this.#isReached ||= token === this.#after.named.at(-1)?.token;
    if (this.#replayed?.take(event, this.#hub.now())) return true;
    // What a hub tells after it gave the position is behind it.
    if (this.#hub.isOwn(this.#after)) return false;
    if (isBehind(this.#after, event)) return false;
    if (isNamed(this.#after, token)) return true;
    // It is older than the position, and the API did not have it yet when it replayed what it had.
    if (this.#replayed?.covers(event)) return false;
    // A hub may be behind the gateway that gave the position: until it has come so far, the position says what was had.
    return !isReached || this.#hub.isAroundBeginning(event);
  }
}
