import type { Journal } from '../graphql/journalFields.ts';

/** Journals in the gateway's order: newest first, those without a time before all others, then by id. */
export class JournalRows {
  readonly #rows: Journal[] = [];
  readonly #keys = new Map<string, string>();

  get length(): number {
    return this.#rows.length;
  }

  get last(): Journal | undefined {
    return this.#rows.at(-1);
  }

  at(index: number): Journal | undefined {
    return this.#rows[index];
  }

  /** Adds a journal in its place, or replaces the one of its id. */
  put(journal: Journal): void {
    const key = placeOf(journal);
    const before = this.#keys.get(journal.id);
    if (before !== undefined && before !== key) this.remove(journal.id);
    const index = this.#find(key);
    this.#rows.splice(index, before === key ? 1 : 0, journal);
    this.#keys.set(journal.id, key);
  }

  get(id: string): Journal | undefined {
    return this.#rows[this.indexOf(id)];
  }

  /** The place of a journal, or -1 if it is not here. */
  indexOf(id: string): number {
    const key = this.#keys.get(id);
    return key === undefined ? -1 : this.#find(key);
  }

  remove(id: string): void {
    const key = this.#keys.get(id);
    if (key === undefined) return;
    this.#rows.splice(this.#find(key), 1);
    this.#keys.delete(id);
  }

  removeLast(): void {
    const last = this.#rows.pop();
    if (last) this.#keys.delete(last.id);
  }

  /** Whether a journal comes after all others, so that a later page may contain it and more before it. */
  isBelowAll(journal: Journal): boolean {
    return this.last !== undefined && placeOf(journal) > (this.#keys.get(this.last.id) ?? '');
  }

  #find(key: string): number {
    let [low, high] = [0, this.#rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const id = this.#rows[middle]?.id ?? '';
      if ((this.#keys.get(id) ?? '') < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Sorts like the journals: times are inverted digit by digit, so that the newest comes first. */
function placeOf({ createdAt, id }: Journal): string {
  if (createdAt === null) return id;
  const seconds = new Date(createdAt).toISOString().slice(0, 19);
  const fraction = /\.(\d+)/.exec(createdAt)?.[1] ?? '';
  const inverted = `${seconds}.${fraction.padEnd(9, '0')}`.replace(/\d/g, (digit) => String(9 - Number(digit)));
  // "~" sorts after every id of a journal without a time.
  return `~${inverted} ${id}`;
}
