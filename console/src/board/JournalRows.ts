import type { Journal } from '../graphql/journalFields.ts';

/** Journals in the gateway's order: those without a creation time first, then the newest first, ties by id. */
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

  /** Adds a journal at its place in the order, or replaces the journal with the same id. */
  put(journal: Journal): void {
    const key = sortKeyOf(journal);
    const before = this.#keys.get(journal.id);
    if (before !== undefined && before !== key) this.remove(journal.id);
    const index = this.#find(key);
    this.#rows.splice(index, before === key ? 1 : 0, journal);
    this.#keys.set(journal.id, key);
  }

  get(id: string): Journal | undefined {
    return this.#rows[this.indexOf(id)];
  }

  /** Returns the index of a journal, or -1 if it has no row. */
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

  /** Whether a journal sorts after all rows. Journals on pages that have not been read may then sort before it. */
  isBelowAll(journal: Journal): boolean {
    return this.last !== undefined && sortKeyOf(journal) > (this.#keys.get(this.last.id) ?? '');
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

/** Returns a string that sorts like the journal. The time has inverted digits, so that the newest comes first. */
function sortKeyOf({ createdAt, id }: Journal): string {
  if (createdAt === null) return id;
  const seconds = new Date(createdAt).toISOString().slice(0, 19);
  const fraction = /\.(\d+)/.exec(createdAt)?.[1] ?? '';
  const inverted = `${seconds}.${fraction.padEnd(9, '0')}`.replace(/\d/g, (digit) => String(9 - Number(digit)));
  // "~" sorts after every id of a journal without a time.
  return `~${inverted} ${id}`;
}
