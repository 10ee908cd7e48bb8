/** Shorter texts are done with before anybody would notice, in characters. */
const longText = 4_096;

/**
 * Long texts are parsed one per turn of the event loop. Many that came together would else be one turn, and everybody
 * else's requests, answers and new connections would wait for all of them.
 */
export class ParseQueue {
  readonly #waiting: (() => void)[] = [];
  #isGoing = false;

  /** Fulfilled when it is the turn of a text of this length. */
  async take(length: number): Promise<void> {
    if (length < longText) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push(resolve);
      if (!this.#isGoing) this.#goOn();
    });
  }

  #goOn(): void {
    this.#isGoing = true;
    setImmediate(() => {
      this.#waiting.shift()?.();
      this.#isGoing = false;
      if (this.#waiting.length > 0) this.#goOn();
    });
  }
}
