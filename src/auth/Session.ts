import type { Principal } from './principal.ts';

/** Timers can't be set for longer than this, in ms. */
const longestWaitMs = 2 ** 31 - 1;

export interface SessionOptions {
  principal: Principal;
  /** When the credential ends by itself, in unix ms. Default never. */
  endsAtMs?: number;
  /** False where nothing could ever end it, so that nobody needs to wait for it. Default true. */
  canEnd?: boolean;
}

/** A principal that has shown who it is, for as long as that holds: until its token expires or its key is taken away. */
export class Session {
  readonly principal: Principal;
  readonly canEnd: boolean;
  readonly #endsAtMs: number;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #isTakenAway = false;

  constructor({ principal, endsAtMs = Infinity, canEnd = true }: SessionOptions) {
    this.principal = principal;
    this.canEnd = canEnd;
    this.#endsAtMs = endsAtMs;
  }

  get hasEnded(): boolean {
    return this.#isTakenAway || Date.now() >= this.#endsAtMs;
  }

  /**
   * Calls back when it ends, at once when it has.
   *
   * @returns stops waiting; the last one to stop leaves no timer behind
   */
  whenEnded(tell: () => void): () => void {
    // One and the same function may wait twice.
    const waiting = () => tell();
    if (this.hasEnded) {
      tell();
      return () => undefined;
    }
    this.#waiting.add(waiting);
    if (this.#waiting.size === 1) this.#arm();
    return () => {
      this.#waiting.delete(waiting);
      if (this.#waiting.size === 0) clearTimeout(this.#timer);
    };
  }

  /** Its credential was taken away. */
  end(): void {
    this.#isTakenAway = true;
    this.#tellAll();
  }

  #arm(): void {
    if (this.#endsAtMs === Infinity) return;
    const leftMs = Math.min(longestWaitMs, Math.max(1, this.#endsAtMs - Date.now()));
    this.#timer = setTimeout(() => {
      if (this.hasEnded) this.#tellAll();
      else this.#arm();
    }, leftMs);
  }

  #tellAll(): void {
    clearTimeout(this.#timer);
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const tell of waiting) tell();
  }
}
