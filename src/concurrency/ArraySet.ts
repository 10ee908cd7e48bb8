/**
 * A set, stored in an array, whose members come and go with every request. A `Set` allocates a new table every few
 * changes, and in V8 each old table keeps the next one alive: the garbage collector would copy removed members until a
 * full collection.
 */
export class ArraySet<Member extends object> {
  /** The members; null where one was removed. */
  readonly #slots: (Member | null)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** @returns the slot of the member, to be passed to `remove` */
  add(member: Member): number {
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = member;
    return slot;
  }

  /** Removes the member that `add` put into this slot. Call it once per `add`. */
  remove(slot: number): void {
    this.#slots[slot] = null;
    this.#free.push(slot);
  }

  /** The members, in no order. */
  list(): Member[] {
    return this.#slots.filter((member) => member !== null);
  }
}
