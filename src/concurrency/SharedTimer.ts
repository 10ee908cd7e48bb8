/**
 * One timer for thousands of functions, each of which is called once after its delay. Efficient for few distinct
 * delays: functions with the same delay come due in the order in which they were added, so each delay has a queue.
 */
export class SharedTimer {
  /**
   * A queue for each delay. It contains the functions in the order in which they are due, with the time at which each is
   * due, by `performance.now`, in whole ms.
   */
  readonly #queues = new Map<number, Map<() => void, number>>();
  #timer: NodeJS.Timeout | undefined;
  /** When the timer fires, by `performance.now`; infinite while it is stopped. */
  #firesAt = Infinity;

  /** @param listener a function that is added only once at a time */
  add(listener: () => void, delayMs: number): void {
    const dueAt = Math.ceil(performance.now() + delayMs);
    let queue = this.#queues.get(delayMs);
    if (!queue) this.#queues.set(delayMs, (queue = new Map<() => void, number>()));
    queue.set(listener, dueAt);
    if (dueAt < this.#firesAt) this.#start(dueAt);
  }

  /** @param delayMs the delay with which the listener was added */
  delete(listener: () => void, delayMs: number): void {
    const queue = this.#queues.get(delayMs);
    if (!queue?.delete(listener) || queue.size > 0) return;
    this.#queues.delete(delayMs);
    if (this.#queues.size === 0) this.#stop();
  }

  #start(at: number): void {
    this.#stop();
    this.#firesAt = at;
    this.#timer = setTimeout(() => this.#fire(), at - performance.now());
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#firesAt = Infinity;
  }

  #fire(): void {
    this.#stop();
    const now = performance.now();
    let next = Infinity;
    for (const [delayMs, queue] of this.#queues) {
      for (const [listener, dueAt] of queue) {
        if (dueAt > now) {
          next = Math.min(next, dueAt);
          break;
        }
        this.delete(listener, delayMs);
        listener();
      }
    }
    if (next < this.#firesAt) this.#start(next);
  }
}
