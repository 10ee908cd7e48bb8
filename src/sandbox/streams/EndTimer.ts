import type { SandboxClock } from '../values/SandboxClock.ts';
import { type Micros, longestTimerMs, microsPerMillisecond } from '../values/instant.ts';

/**
 * Calls back after an instant of the sandbox's clock, and before that whenever its longest possible timer has fired. Does
 * nothing on a manual clock.
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
