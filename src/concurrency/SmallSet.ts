/** A set that rarely has more than one member. Only then does it allocate a `Set`, which takes about 180 bytes. */
export class SmallSet<Member extends object> {
  #first: Member | null = null;
  #others: Set<Member> | null = null;

  add(member: Member): void {
    if (this.#first === member) return;
    if (this.#first === null && !this.#others?.has(member)) this.#first = member;
    else (this.#others ??= new Set()).add(member);
  }

  delete(member: Member): void {
    if (this.#first === member) this.#first = null;
    else if (this.#others?.delete(member) && this.#others.size === 0) this.#others = null;
  }

  *[Symbol.iterator](): Generator<Member> {
    if (this.#first) yield this.#first;
    if (this.#others) yield* this.#others;
  }
}
