/**
 * A number of a JSON text that no JavaScript number spells as the text does: `0.30000000000000001`, `10.0`, `1e400`.
 * `JSON.parse` would make another number of it. Only `readJson` makes these.
 */
export class JsonNumber {
  readonly #literal: string;

  constructor(literal: string) {
    this.#literal = literal;
    // For code that takes every object for a record, as graphql does: it must not find an empty one, which would be an
    // input object without fields. The complaint about this member then names the number.
    Object.defineProperty(this, literal, { value: true, enumerable: true });
  }

  /** As it was written. */
  toString(): string {
    return this.#literal;
  }

  /** graphql prints a value in an error with this. */
  toJSON(): string {
    return this.#literal;
  }
}

/** How a number that `readJson` gave was written, digit for digit; null for what is no number. */
export function spellingOf(value: unknown): string | null {
  return typeof value === 'number' || value instanceof JsonNumber ? String(value) : null;
}
