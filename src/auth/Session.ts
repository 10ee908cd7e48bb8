import type { Principal } from './principal.ts';

/** Timers can't be set for longer than this, in ms. */
const longestWaitMs = 2 ** 31 - 1;

export interface SessionOptions {
  principal: Principal;
  /** When the credential ends by itself, in unix ms. Default never. */
  endsAtMs?: number;
  /** Aborted when the credential is taken away. */
  revoked?: AbortSignal;
  /** False where nothing could ever end it, so that nobody needs to wait for it. Default true. */
  canEnd?: boolean;
}

/** A principal that has shown who it is, for as long as that holds: until its token expires or its key is taken away. */
export class Session {
  readonly principal: Principal;
  readonly canEnd: boolean;
  readonly #endsAtMs: number;
  readonly #revoked: AbortSignal | undefined;
  readonly #waiting = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;

  constructor({ principal, endsAtMs = Infinity, revoked, canEnd = true }: SessionOptions) {
    this.principal = principal;
    this.canEnd = canEnd;
    this.#endsAtMs = endsAtMs;
    this.#revoked = revoked;
  }

  get hasEnded(): boolean {
    return this.#revoked?.aborted === true || Date.now() >= this.#endsAtMs;
  }

  /**
   * Calls back when it ends, at once when it has.
   *
   * @returns stops waiting; the last one to stop leaves nothing behind
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
      if (this.#waiting.size === 0) this.#disarm();
    };
  }

  #arm(): void {
    this.#revoked?.addEventListener('abort', this.#tellAll);
    this.#watchClock();
  }

  #disarm(): void {
    this.#revoked?.removeEventListener('abort', this.#tellAll);
    clearTimeout(this.#timer);
  }

  #watchClock(): void {
    if (this.#endsAtMs === Infinity) return;
    const leftMs = Math.min(longestWaitMs, Math.max(1, this.#endsAtMs - Date.now()));
    this.#timer = setTimeout(() => {
      if (this.hasEnded) this.#tellAll();
      else this.#watchClock();
    }, leftMs);
  }

  readonly #tellAll = (): void => {
    this.#disarm();
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const tell of waiting) tell();
  };
}
