/**
 * A set whose members come and go with every request. A `Set` gets a new table every few changes, and V8 lets each old
 * table keep the next one alive: what had left the set would be copied by the garbage collector until a full collection.
 */
export class Slots<Member extends object> {
  readonly #slots: (Member | null)[] = [];
  readonly #free: number[] = [];

  get size(): number {
    return this.#slots.length - this.#free.length;
  }

  /** @returns the slot of the member, which `remove` frees */
  add(member: Member): number {
    const slot = this.#free.pop() ?? this.#slots.length;
    this.#slots[slot] = member;
    return slot;
  }

  /** To be called once for each `add`. */
  remove(slot: number): void {
    this.#slots[slot] = null;
    this.#free.push(slot);
  }

  /** The members, in no order. */
  list(): Member[] {
    return this.#slots.filter((member) => member !== null);
  }
}
