import type { Principal } from './principal.ts';

/** The longest delay that `setTimeout` supports, in ms. */
const maxDelayMs = 2 ** 31 - 1;

export interface SessionOptions {
  principal: Principal;
  /** When the credential expires, in Unix ms. Default: never. */
  endsAtMs?: number;
  /** Aborted when the credential is revoked. */
  revoked?: AbortSignal;
  /** False if the session can never end, so that waiting for its end is unnecessary. Default true. */
  canEnd?: boolean;
}

/** An authenticated principal, until its token expires or its key is revoked. */
export class Session {
  readonly principal: Principal;
  readonly canEnd: boolean;
  readonly #endsAtMs: number;
  readonly #revoked: AbortSignal | undefined;
  readonly #listeners = new Set<() => void>();
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

  /** Calls a listener once when the session ends, or now if it has ended. Each call needs a different function. */
  whenEnded(listener: () => void): void {
    if (this.hasEnded) {
      listener();
      return;
    }
    this.#listeners.add(listener);
    if (this.#listeners.size === 1) this.#arm();
  }

  /** Removes a listener of `whenEnded`. The session has no timer while it has no listener. */
  removeListener(listener: () => void): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size === 0) this.#disarm();
  }

  #arm(): void {
    this.#revoked?.addEventListener('abort', this.#notify);
    this.#startTimer();
  }

  #disarm(): void {
    this.#revoked?.removeEventListener('abort', this.#notify);
    clearTimeout(this.#timer);
  }

  #startTimer(): void {
    if (this.#endsAtMs === Infinity) return;
    const delayMs = Math.min(maxDelayMs, Math.max(1, this.#endsAtMs - Date.now()));
    this.#timer = setTimeout(() => {
      if (this.hasEnded) this.#notify();
      else this.#startTimer();
    }, delayMs);
  }

  readonly #notify = (): void => {
    this.#disarm();
    const listeners = [...this.#listeners];
    this.#listeners.clear();
    for (const listener of listeners) listener();
  };
}
