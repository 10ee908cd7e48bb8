/** Something that a test lets happen when it wants it to, and can wait for others to arrive at. */
export class Gate {
  /** Fulfilled when someone waits at the gate. */
  readonly reached: Promise<void>;
  /** Fulfilled when it is opened. */
  readonly opened: Promise<void>;
  #reach: () => void = () => undefined;
  #open: () => void = () => undefined;

  constructor() {
    this.reached = new Promise((resolve) => (this.#reach = resolve));
    this.opened = new Promise((resolve) => (this.#open = resolve));
  }

  /** Waits until the gate is opened. */
  async pass(): Promise<void> {
    this.#reach();
    await this.opened;
  }

  open(): void {
    this.#open();
  }
}
