/** Lets many wait for the next time that something happens. */
export class Wakeup {
  readonly #waiting = new Set<() => void>();

  wake(): void {
    for (const goOn of [...this.#waiting]) goOn();
  }

  /** Until it happens, so long at most, in ms. */
  wait(patienceMs: number): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        clearTimeout(timer);
        this.#waiting.delete(goOn);
        resolve();
      };
      const timer = setTimeout(goOn, Math.max(0, patienceMs));
      this.#waiting.add(goOn);
    });
  }
}
