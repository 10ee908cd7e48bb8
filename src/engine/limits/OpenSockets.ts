import { releaseOnce } from '../../concurrency/releaseOnce.ts';

/** Limits the WebSockets and event streams that are open at once. */
export class OpenSockets {
  readonly max: number;
  #count = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** @returns a function to call when the socket has closed; null when the limit is reached */
  take(): (() => void) | null {
    if (this.#count >= this.max) return null;
    this.#count += 1;
    return releaseOnce(() => {
      this.#count -= 1;
    });
  }
}
