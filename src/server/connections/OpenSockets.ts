/** Counts what stays open on behalf of clients: WebSockets, and the event streams of subscriptions. */
export class OpenSockets {
  readonly max: number;
  #count = 0;

  constructor(max: number) {
    this.max = max;
  }

  /** @returns to be called when it has closed; calling it again does nothing. Null when there is room for no more */
  take(): (() => void) | null {
    if (this.#count >= this.max) return null;
    this.#count += 1;
    let isOpen = true;
    return () => {
      if (isOpen) this.#count -= 1;
      isOpen = false;
    };
  }
}
