import type { JournalStatus } from '../graphql/journalFields.ts';

/** Counts the journals with each status, each journal once. Above a maximum, the oldest are not counted. */
export class StatusCounts {
  readonly #max: number;
  readonly #statuses = new Map<string, JournalStatus>();
  readonly #counts = new Map<JournalStatus, number>();
  /** The ids of journals from lists, newest first. */
  readonly #listed: string[] = [];
  #isCut = false;

  constructor(max: number) {
    this.#max = max;
  }

  get total(): number {
    return this.#statuses.size;
  }

  /** Whether journals were left out because of the maximum. */
  get isCut(): boolean {
    return this.#isCut;
  }

  of(status: JournalStatus): number {
    return this.#counts.get(status) ?? 0;
  }

  statusOf(id: string): JournalStatus | undefined {
    return this.#statuses.get(id);
  }

  /** Counts the journal of an event, which is new or has a new status. */
  set(id: string, status: JournalStatus): void {
    const before = this.#statuses.get(id);
    if (before === status) return;
    if (before !== undefined) this.#add(before, -1);
    else if (this.total >= this.#max) this.#dropOldest();
    this.#statuses.set(id, status);
    this.#add(status, 1);
  }

  /** Counts a journal from a list. Lists are read from the newest journal to the oldest. */
  setListed(id: string, status: JournalStatus): void {
    if (!this.#statuses.has(id)) {
      if (this.total >= this.#max) {
        this.#isCut = true;
        return;
      }
      this.#listed.push(id);
    }
    this.set(id, status);
  }

  #dropOldest(): void {
    this.#isCut = true;
    // A map iterates in the order of insertion: when no listed journal is left, the first entry is the oldest.
    const oldest = this.#listed.pop() ?? this.#statuses.keys().next().value;
    const status = oldest === undefined ? undefined : this.#statuses.get(oldest);
    if (oldest === undefined || status === undefined) return;
    this.#statuses.delete(oldest);
    this.#add(status, -1);
  }

  #add(status: JournalStatus, change: 1 | -1): void {
    this.#counts.set(status, this.of(status) + change);
  }
}
