import type { Instant } from '../domain/instant.ts';
import { dayOfInstant } from '../domain/instant.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import { latenessMs } from '../events/cursor/eventStamp.ts';
import { readWithRetries } from '../events/replay/readWithRetries.ts';
import { silenceMs } from '../events/replay/ReplayWatch.ts';
import type { StatusHistory } from '../events/replay/StatusHistory.ts';

import type { ReconciledDays } from './Reconciliation.ts';

interface LastEvent {
  status: string;
  at: Instant;
}

/** The last status event of each journal. */
export class LastEvents {
  readonly #history: StatusHistory;
  readonly #last = new Map<string, LastEvent>();
  /** Ids of journals that began on the days that are reconciled. */
  readonly #begun = new Set<string>();
  readonly #days: ReconciledDays;
  #readFrom: Instant;

  constructor(history: StatusHistory, days: ReconciledDays) {
    this.#history = history;
    this.#days = days;
    this.#readFrom = `${days.since}T00:00:00Z`;
  }

  /**
   * The first call reads all events since the first day; later calls read the events since the last call.
   *
   * @throws Fault
   */
  async read(signal: AbortSignal): Promise<void> {
    const since = this.#readFrom;
    const startedMs = Date.now();
    for await (const { event } of readWithRetries(this.#history, { since, caughtUpMs: silenceMs }, signal))
      this.#add(event);
    this.#readFrom = new Date(startedMs - latenessMs).toISOString();
  }

  of(journalId: string): LastEvent | null {
    return this.#last.get(journalId) ?? null;
  }

  get begun(): ReadonlySet<string> {
    return this.#begun;
  }

  #add({ journalId, at, rawStatusTo, statusFrom }: JournalStatusEvent): void {
    const day = dayOfInstant(at);
    if (statusFrom === null && day >= this.#days.since && day <= this.#days.until) this.#begun.add(journalId);
    this.#last.set(journalId, { status: rawStatusTo, at });
  }
}
