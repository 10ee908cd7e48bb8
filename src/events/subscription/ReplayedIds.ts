import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { latenessMs, stampOf } from '../cursor/eventStamp.ts';

/** The events of a replay that may come live too, until none of them can come any more. */
export class ReplayedIds {
  readonly #ids = new Set<string>();
  readonly #sinceMs: number;
  readonly #fromMs: number;
  #lastMs = -Infinity;

  /**
   * @param sinceMs what happened two minutes before was told before the replay, and comes no more
   * @param fromMs where the replay began
   */
  constructor(sinceMs: number, fromMs: number) {
    this.#sinceMs = sinceMs - latenessMs;
    this.#fromMs = fromMs;
  }

  add(event: JournalStatusEvent): void {
    const { ms } = stampOf(event);
    if (ms < this.#sinceMs) return;
    this.#ids.add(event.id);
    this.#lastMs = Math.max(this.#lastMs, ms);
  }

  /**
   * True when the event was replayed; it comes live once.
   *
   * @param nowMs the API's clock: an event that is dated ahead does not say that all before it have come
   */
  take(event: JournalStatusEvent, nowMs: number): boolean {
    if (this.#ids.size === 0) return false;
    if (Math.min(stampOf(event).ms, nowMs) > this.#lastMs + 2 * latenessMs) this.#ids.clear();
    return this.#ids.delete(event.id);
  }

  /** Whether the replay would have brought the event, had the API told it by then. */
  covers(event: JournalStatusEvent): boolean {
    return stampOf(event).ms >= Math.max(this.#sinceMs, this.#fromMs);
  }
}
