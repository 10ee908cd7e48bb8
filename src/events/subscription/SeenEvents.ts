import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isAfter, isNamed } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { latenessMs, stampOf } from '../cursor/eventStamp.ts';
import type { StatusHub } from '../feed/StatusHub.ts';

/**
 * Which of a hub's events a resumed subscriber has received already: from a replay, or from another gateway before it
 * resumed. Replayed events are kept by id until none of them can be published any more.
 */
export class SeenEvents {
  readonly #hub: StatusHub;
  readonly #replayed = new Set<string>();
  #after: EventPosition;
  /** The hub has published the position's last event. What follows it in the hub's order is new to the subscriber. */
  #isReached: boolean;
  /** Earlier events were published before the replay. Infinity without a replay. */
  #sinceMs = Infinity;
  #replayFromMs = Infinity;
  #lastReplayedMs = -Infinity;

  constructor(hub: StatusHub, after: EventPosition) {
    this.#hub = hub;
    this.#after = after;
    this.#isReached = hub.hasPublished(after);
  }

  /**
   * @param sinceMs events two minutes older than this were published before the replay
   * @param fromMs where the replay begins
   */
  beginReplay(sinceMs: number, fromMs: number): void {
    if (this.#sinceMs !== Infinity) return;
    this.#sinceMs = sinceMs - latenessMs;
    this.#replayFromMs = fromMs;
  }

  /** Adds a replayed event, which may be published too. */
  add(event: JournalStatusEvent): void {
    const { ms } = stampOf(event);
    if (ms < this.#sinceMs) return;
    this.#replayed.add(event.id);
    this.#lastReplayedMs = Math.max(this.#lastReplayedMs, ms);
  }

  /** A replay has shown which events the position's digest contains. */
  resolve(after: EventPosition): void {
    if (this.#after.digest) this.#after = after;
  }

  /** To be called once, and in order, for each event that the hub publishes after the past was requested. */
  has(event: JournalStatusEvent): boolean {
    const { ms, token } = stampOf(event);
    const isReached = this.#isReached;
    this.#isReached ||= token === this.#after.named.at(-1)?.token;
    if (this.#takeReplayed(event)) return true;
    // What a hub publishes after it created the position is after it.
    if (this.#hub.isOwn(this.#after)) return false;
    if (isAfter(event, this.#after)) return false;
    if (isNamed(this.#after, token)) return true;
    // The replay covered its time but did not contain it: the event arrived late.
    if (ms >= Math.max(this.#sinceMs, this.#replayFromMs)) return false;
    // A hub may be behind the gateway that created the position. Until it has caught up, the position decides.
    return !isReached || this.#hub.isAroundBeginning(event);
  }

  /** True when the event was replayed. It is published once. */
  #takeReplayed(event: JournalStatusEvent): boolean {
    if (this.#replayed.size === 0) return false;
    // An event that is dated ahead does not prove that all earlier ones were published.
    const pastMs = Math.min(stampOf(event).ms, this.#hub.now());
    if (pastMs > this.#lastReplayedMs + 2 * latenessMs) this.#replayed.clear();
    return this.#replayed.delete(event.id);
  }
}
