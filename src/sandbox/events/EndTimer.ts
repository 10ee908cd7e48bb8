import type { SandboxClock } from '../domain/SandboxClock.ts';
import { type Micros, microsPerMillisecond } from '../domain/instant.ts';

/** setTimeout's longest; whoever waits for a later end is asked again then. */
const longestWaitMs = 2_147_483_647;

/** Calls once an instant of the sandbox's clock has passed; a clock that stands is left to whoever moves it. */
export class EndTimer {
  readonly #end: Micros;
  readonly #clock: SandboxClock;
  readonly #passed: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(end: Micros, clock: SandboxClock, passed: () => void) {
    this.#end = end;
    this.#clock = clock;
    this.#passed = passed;
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
        this.#passed();
        this.#wait();
      },
      Math.min(wait, longestWaitMs),
    );
  }
}
