/** Bytes that may wait for the end of a tick; then it is others' turn. */
const maxGathered = 16_384;
/** Bytes that may be put together to one write. */
const maxWritten = 1_048_576;

interface Piece {
  bytes: string;
  isWanted: () => boolean;
}

/**
 * What is to be said to one client. The pieces of one tick are written at once: of what a small piece costs, most is the
 * system call. Bytes are strings of a character per byte ("latin1"): V8 puts them together without a copy.
 */
export class Outbox {
  readonly #write: (bytes: string) => boolean;
  #pieces: Piece[] = [];
  #gathered = 0;
  #isTaken = true;
  #relief: { promise: Promise<void>; come: () => void } | null = null;

  /** @param write returns false when the client has enough for now; `relieve` is to be called when it takes more */
  constructor(write: (bytes: string) => boolean) {
    this.#write = write;
  }

  /** @param isWanted asked when the piece is about to leave */
  put(bytes: string, isWanted: () => boolean = always): void {
    if (this.#pieces.length === 0) setImmediate(() => this.flush());
    this.#pieces.push({ bytes, isWanted });
    this.#gathered += bytes.length;
    if (this.#gathered > maxWritten) this.flush();
  }

  flush(): void {
    const bytes = this.#pieces.map((piece) => (piece.isWanted() ? piece.bytes : '')).join('');
    this.#pieces = [];
    this.#gathered = 0;
    if (bytes !== '') this.#isTaken = this.#write(bytes);
    if (this.#isTaken) this.relieve();
  }

  /** Null while there is room for more; else fulfilled when there may be, or when the client has gone. */
  room(): Promise<void> | null {
    if (this.#isTaken && this.#gathered < maxGathered) return null;
    this.#relief ??= announcement();
    return this.#relief.promise;
  }

  /** The client takes more, or is gone and needs nothing. */
  relieve(): void {
    this.#isTaken = true;
    this.#relief?.come();
    this.#relief = null;
  }
}

function always(): boolean {
  return true;
}

function announcement(): { promise: Promise<void>; come: () => void } {
  let come: () => void = () => undefined;
  const promise = new Promise<void>((resolve) => (come = resolve));
  return { promise, come };
}
