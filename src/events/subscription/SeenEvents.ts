import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { isAfter, isNamed } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { latenessMs, stampOf } from '../cursor/eventStamp.ts';
import type { StatusHub } from '../feed/StatusHub.ts';

/**
 * Knows which events of a hub a resumed subscriber has already received, from a replay or before it resumed. The ids of
 * replayed events are kept until the hub can no longer publish any of these events.
 */
export class SeenEvents {
  readonly #hub: StatusHub;
  readonly #replayed = new Set<string>();
  #after: EventPosition;
  /** Whether the hub has published the position's last event. Events after that one in the hub's order are new. */
  #isReached: boolean;
  /** Events before this time were published before the replay. Infinity without a replay. */
  #sinceMs = Infinity;
  #replayFromMs = Infinity;
  #lastReplayedMs = -Infinity;

  constructor(hub: StatusHub, after: EventPosition) {
    this.#hub = hub;
    this.#after = after;
    this.#isReached = hub.hasPublished(after);
  }

  /**
   * Must be called before a replay; only the first call has an effect.
   *
   * @param sinceMs events more than two minutes earlier than this were published by the hub before the replay
   * @param fromMs the time at which the replay begins
   */
  beginReplay(sinceMs: number, fromMs: number): void {
    if (this.#sinceMs !== Infinity) return;
    this.#sinceMs = sinceMs - latenessMs;
    this.#replayFromMs = fromMs;
  }

  /** Adds a replayed event. The hub may publish this event, too. */
  add(event: JournalStatusEvent): void {
    const { ms } = stampOf(event);
    if (ms < this.#sinceMs) return;
    this.#replayed.add(event.id);
    this.#lastReplayedMs = Math.max(this.#lastReplayedMs, ms);
  }

  /** Must be called when a replay has shown which events the digest of the position contains. */
  resolve(after: EventPosition): void {
    if (this.#after.digest) this.#after = after;
  }

  /**
   * Whether the subscriber has already received an event. Must be called once and in order for each event that the hub
   * publishes after the past was requested.
   */
  has(event: JournalStatusEvent): boolean {
    const { ms, token } = stampOf(event);
    const isReached = this.#isReached;
    this.#isReached ||= token === this.#after.named.at(-1)?.token;
    if (this.#takeReplayed(event)) return true;
    // If the position is the hub's own, the hub published this event after it.
    if (this.#hub.isOwn(this.#after)) return false;
    if (isAfter(event, this.#after)) return false;
    if (isNamed(this.#after, token)) return true;
    // The replay covered the time of the event but did not contain the event, so the event arrived late.
    if (ms >= Math.max(this.#sinceMs, this.#replayFromMs)) return false;
    // The hub may be behind the gateway that created the position. Until the hub has caught up, the position decides.
    return !isReached || this.#hub.isAroundBeginning(event);
  }

  /** Whether the event was replayed. Removes its id, since the hub publishes each event only once. */
  #takeReplayed(event: JournalStatusEvent): boolean {
    if (this.#replayed.size === 0) return false;
    // An event dated ahead does not prove that all earlier events were published.
    const pastMs = Math.min(stampOf(event).ms, this.#hub.now());
    if (pastMs > this.#lastReplayedMs + 2 * latenessMs) this.#replayed.clear();
    return this.#replayed.delete(event.id);
  }
}
