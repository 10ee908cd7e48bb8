/** Returns a description in normalized Unicode, without surrounding whitespace. */
export function plainText(description: string): string {
  return description.normalize('NFC').trim();
}

/**
 * Returns the letters and digits of a description, without case, accents, whitespace, punctuation, invisible characters
 * and HTML entities. They stay the same however the API normalizes a description.
 */
export function lettersOf(description: string): string {
  const text = description.replace(entities, '').normalize('NFKD').toUpperCase();
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

/** Like `lettersOf`, but ASCII only, for systems that replace or drop other letters. */
export function asciiLettersOf(description: string): string {
  return description
    .replace(entities, '')
    .replace(/[^a-z\d]/gi, '')
    .toUpperCase();
}

/** A set of descriptions that were sent, for comparison with a stored description. */
export class SentDescriptions {
  readonly #letters: string[];
  readonly #asciiLetters: string[];

  constructor(descriptions: Iterable<string>) {
    const distinct = [...new Set(descriptions)];
    this.#letters = distinct.map(lettersOf).sort();
    this.#asciiLetters = distinct.map(asciiLettersOf).sort();
  }

  /** Whether the API may have stored one of the descriptions as `stored`: normalized, truncated or dropped. */
  mayBeStoredAs(stored: string): boolean {
    // Ignores an HTML entity that was truncated at the end.
    const whole = stored.replace(/&[#\w]*$/, '');
    if (someStartsWith(this.#letters, lettersOf(whole))) return true;
    return isAscii(stored) && someStartsWith(this.#asciiLetters, asciiLettersOf(whole));
  }
}

/** `&lt;`, `&#39;`, and the same escaped several times. */
const entities = /&(?:amp;)*#?\w+;/gi;

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** @param sorted in the order of `<`, so that strings with a common prefix are adjacent */
function someStartsWith(sorted: readonly string[], beginning: string): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < beginning) low = middle + 1;
    else high = middle;
  }
  return sorted[low]?.startsWith(beginning) ?? false;
}
