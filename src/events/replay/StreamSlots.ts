/** Who may open an upstream stream besides the feed; the others wait, in the order in which they came but for the urgent. */
export class StreamSlots {
  readonly #waiting: (() => void)[] = [];
  readonly #open: number;
  #free: number;

  /** @param open how many streams at once */
  constructor(open: number) {
    this.#open = open;
    this.#free = open;
  }

  /** How many are taken. */
  get taken(): number {
    return this.#open - this.#free;
  }

  /**
   * @param signal ends the wait
   * @param isUrgent goes before all who wait
   * @returns to be called when the stream is closed, calling it again does nothing; null when the signal was faster
   */
  async take(signal: AbortSignal, isUrgent = false): Promise<(() => void) | null> {
    if (signal.aborted) return null;
    if (this.#free > 0) this.#free -= 1;
    else if (!(await this.#wait(signal, isUrgent))) return null;
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free += 1;
    };
  }

  #wait(signal: AbortSignal, isUrgent: boolean): Promise<boolean> {
    return new Promise((resolve) => {
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve(true);
      };
      const leave = () => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        resolve(false);
      };
      signal.addEventListener('abort', leave, { once: true });
      if (isUrgent) this.#waiting.unshift(enter);
      else this.#waiting.push(enter);
    });
  }
}
