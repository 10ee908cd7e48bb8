import type { SandboxClock } from '../values/SandboxClock.ts';
import { type Micros, longestTimerMs, microsPerMillisecond } from '../values/instant.ts';

/**
 * Calls `onEnd` when the sandbox's clock has passed an instant in the future. If the instant is further away than a
 * timer can wait, `onEnd` is also called each time the longest possible timer has fired, so it must check the time
 * itself. Does nothing if the clock is manual, or if the instant has passed already.
 */
export class EndTimer {
  readonly #end: Micros;
  readonly #clock: SandboxClock;
  readonly #onEnd: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(end: Micros, clock: SandboxClock, onEnd: () => void) {
    this.#end = end;
    this.#clock = clock;
    this.#onEnd = onEnd;
    if (!clock.manual) this.#wait();
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #wait(): void {
    const wait = Math.floor((this.#end - this.#clock.now()) / microsPerMillisecond) + 1;
    if (wait <= 0) return;
    this.#timer = setTimeout(
      () => {
        this.#onEnd();
        this.#wait();
      },
      Math.min(wait, longestTimerMs),
    );
  }
}
