import { Deferred } from './Deferred.ts';

/** Lets any number of waiters wait for the next notification. */
export class Notifier {
  #next: Deferred | null = null;

  /** Wakes all current waiters. */
  notify(): void {
    this.#next?.resolve();
    this.#next = null;
  }

  /** Fulfilled at the next notification. */
  next(): Promise<void> {
    this.#next ??= new Deferred();
    return this.#next.promise;
  }
}
