/** Holds back other code until the test opens it. The test can also wait until that code has reached the gate. */
export class Gate {
  /** Resolves when other code waits at the gate. */
  readonly reached: Promise<void>;
  /** Resolves when the gate is opened. */
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
