/** Lets many wait for the next time that something happens. */
export class Wakeup {
  readonly #waiting = new Set<() => void>();

  wake(): void {
    for (const goOn of [...this.#waiting]) goOn();
  }

  /** Until it happens, so long at most, or until the signal. */
  wait(patienceMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const goOn = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', goOn);
        this.#waiting.delete(goOn);
        resolve();
      };
      const timer = setTimeout(goOn, Math.max(0, patienceMs));
      signal.addEventListener('abort', goOn, { once: true });
      this.#waiting.add(goOn);
      if (signal.aborted) goOn();
    });
  }
}
