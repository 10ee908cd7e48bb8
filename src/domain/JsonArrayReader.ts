import { hasNumbers, readJson, withoutBom } from './readJson.ts';

const [quote, backslash, comma, openBracket, closeBracket, openBrace, closeBrace] = [34, 92, 44, 91, 93, 123, 125];
/** The bytes that may precede a value: whitespace and a byte order mark. */
const blank = new Set([9, 10, 13, 32, 0xef, 0xbb, 0xbf]);

/**
 * Reads a JSON array element by element from the pieces of its text, so that only one element is in memory. A value
 * that is not an array is read as a whole.
 */
export class JsonArrayReader {
  readonly #take: (element: unknown) => void;
  readonly #mayHaveNumbers: (value: unknown) => boolean;
  /** The pieces of the value that is being read: of an element or, if the text is not an array, of the whole text. */
  #pieces: Buffer[] = [];
  #isArray: boolean | null = null;
  #depth = 0;
  #isString = false;
  #isEscaped = false;
  #isOver = false;
  #isEmpty = true;

  /**
   * @param take called for each element, in order
   * @param mayHaveNumbers see `readJson`
   */
  constructor(take: (element: unknown) => void, mayHaveNumbers: (value: unknown) => boolean = hasNumbers) {
    this.#take = take;
    this.#mayHaveNumbers = mayHaveNumbers;
  }

  /** @throws SyntaxError */
  write(chunk: Buffer): void {
    let from = 0;
    if (this.#isArray === null) {
      from = chunk.findIndex((code) => !blank.has(code));
      if (from === -1) return;
      this.#isArray = chunk[from] === openBracket;
      if (this.#isArray) from += 1;
    }
    if (this.#isArray) this.#scan(chunk, from);
    else this.#pieces.push(chunk);
  }

  /**
   * Must be called after the last piece.
   *
   * @returns null if the text was an array, and otherwise the value that it was instead
   * @throws SyntaxError when the text ends early, continues after the array, or is not JSON
   */
  end(): { instead: unknown } | null {
    if (!this.#isArray) return { instead: readJson(textOf(this.#pieces)) };
    if (!this.#isOver) throw new SyntaxError('expected the end of an array');
    if (textOf(this.#pieces).trim() !== '') throw new SyntaxError('expected nothing after the array');
    return null;
  }

  #scan(chunk: Buffer, start: number): void {
    let from = start;
    for (let at = start; at < chunk.length; at += 1) {
      const code = chunk[at];
      if (this.#isString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (code === backslash) this.#isEscaped = true;
        else if (code === quote) this.#isString = false;
      } else if (code === quote) this.#isString = true;
      else if (code === openBrace || code === openBracket) this.#depth += 1;
      else if (this.#depth === 0 && (code === comma || code === closeBracket)) {
        this.#finish(chunk.subarray(from, at), code === closeBracket);
        from = at + 1;
      } else if (code === closeBrace || code === closeBracket) this.#depth -= 1;
    }
    if (from < chunk.length) this.#pieces.push(chunk.subarray(from));
  }

  #finish(piece: Buffer, isLast: boolean): void {
    if (this.#isOver) throw new SyntaxError('expected nothing after the array');
    this.#pieces.push(piece);
    const text = textOf(this.#pieces);
    this.#pieces = [];
    this.#isOver = isLast;
    if (isLast && this.#isEmpty && text.trim() === '') return;
    this.#isEmpty = false;
    this.#take(readJson(text, this.#mayHaveNumbers));
  }
}

function textOf(pieces: readonly Buffer[]): string {
  return withoutBom((pieces.length === 1 && pieces[0] ? pieces[0] : Buffer.concat(pieces)).toString('utf8'));
}
