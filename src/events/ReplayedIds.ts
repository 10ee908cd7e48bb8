import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

import { latenessMs, stampOf } from './eventStamp.ts';

/** The events of a replay that may come live too, until none of them can come any more. */
export class ReplayedIds {
  readonly #ids = new Set<string>();
  readonly #sinceMs: number;
  #lastMs = -Infinity;

  /** @param sinceMs what happened before was told before the replay, and comes no more */
  constructor(sinceMs: number) {
    this.#sinceMs = sinceMs - latenessMs;
  }

  add(event: JournalStatusEvent): void {
    const { ms } = stampOf(event);
    if (ms < this.#sinceMs) return;
    this.#ids.add(event.id);
    this.#lastMs = Math.max(this.#lastMs, ms);
  }

  /** True when the event was replayed; it comes live once. */
  take(event: JournalStatusEvent): boolean {
    if (this.#ids.size === 0) return false;
    if (stampOf(event).ms > this.#lastMs + 2 * latenessMs) this.#ids.clear();
    return this.#ids.delete(event.id);
  }
}
