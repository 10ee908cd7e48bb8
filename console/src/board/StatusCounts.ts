import type { JournalStatus } from '../graphql/journalFields.ts';

/** How many journals have each status: each journal once, by its id. */
export class StatusCounts {
  readonly #statuses = new Map<string, JournalStatus>();
  readonly #counts = new Map<JournalStatus, number>();

  get total(): number {
    return this.#statuses.size;
  }

  of(status: JournalStatus): number {
    return this.#counts.get(status) ?? 0;
  }

  has(id: string): boolean {
    return this.#statuses.has(id);
  }

  set(id: string, status: JournalStatus): void {
    const before = this.#statuses.get(id);
    if (before === status) return;
    if (before !== undefined) this.#counts.set(before, this.of(before) - 1);
    this.#statuses.set(id, status);
    this.#counts.set(status, this.of(status) + 1);
  }
}
