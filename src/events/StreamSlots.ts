import { TooManyReplaysError } from './streamErrors.ts';

export interface StreamSlotsOptions {
  /** Replays open at once. Default 4: the API allows 25 streams per customer, and the feed must always find one. */
  open?: number;
  /** Replays that may wait for one; further ones are refused. Default 1,000. */
  waiting?: number;
}

/** Who may open an upstream stream besides the feed, and who waits. */
export class StreamSlots {
  readonly #maxWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor({ open = 4, waiting = 1_000 }: StreamSlotsOptions = {}) {
    this.#free = open;
    this.#maxWaiting = waiting;
  }

  /**
   * @returns to be called when the stream is closed; calling it again does nothing
   * @throws TooManyReplaysError when too many wait already, or when the signal ends the wait
   */
  async take(signal: AbortSignal): Promise<() => void> {
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#waiting.length >= this.#maxWaiting)
      return Promise.reject(new TooManyReplaysError(null));
    return new Promise((resolve, reject) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(new TooManyReplaysError(null));
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.push(enter);
    });
  }
}
