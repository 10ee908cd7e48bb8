/** What is left of a description when nothing but its Unicode form and the whitespace around it may differ. */
export function plainText(description: string): string {
  return description.normalize('NFC').trim();
}

/**
 * What is left of a description however it is tidied: its letters and digits, without case, accents, whitespace,
 * punctuation, invisible characters and HTML entities.
 */
export function lettersOf(description: string): string {
  const text = description.replace(entities, '').normalize('NFKD').toUpperCase();
  return text.replace(/[^\p{L}\p{N}]/gu, '');
}

/** As `lettersOf`, of ASCII alone: whoever replaces other letters by question marks, or drops them, leaves this. */
export function asciiLettersOf(description: string): string {
  return description
    .replace(entities, '')
    .replace(/[^a-z\d]/gi, '')
    .toUpperCase();
}

/** Descriptions that were sent, and the question which of them a stored one may be. */
export class SentDescriptions {
  readonly #letters: string[];
  readonly #asciiLetters: string[];

  constructor(descriptions: Iterable<string>) {
    const distinct = [...new Set(descriptions)];
    this.#letters = distinct.map(lettersOf).sort();
    this.#asciiLetters = distinct.map(asciiLettersOf).sort();
  }

  /** True where `stored` may be what the API made of one of them: tidied, cut off, or dropped. */
  mayBeStoredAs(stored: string): boolean {
    // An entity may be cut in two.
    const whole = stored.replace(/&[#\w]*$/, '');
    if (someStartsWith(this.#letters, lettersOf(whole))) return true;
    return isAscii(stored) && someStartsWith(this.#asciiLetters, asciiLettersOf(whole));
  }
}

/** `&lt;`, `&#39;`, and what escaping them again makes of them. */
const entities = /&(?:amp;)*#?\w+;/gi;

function isAscii(text: string): boolean {
  return /^[\0-\x7f]*$/.test(text);
}

/** @param sorted in the order of `<`, in which those of one beginning stand together */
function someStartsWith(sorted: readonly string[], beginning: string): boolean {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? '') < beginning) low = middle + 1;
    else high = middle;
  }
  return sorted[low]?.startsWith(beginning) ?? false;
}
