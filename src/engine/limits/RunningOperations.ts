import { Notifier } from '../../concurrency/Notifier.ts';
import { waitFor } from '../../concurrency/waitFor.ts';

/**
 * The share of the maximum that queries may take. The rest is left for mutations and subscriptions. At three times the
 * load that the gateway can carry, with a tenth of it mutations, these are nearly a third of the running operations.
 */
const queryShare = 0.5;

/** Identifies an operation and has its counts, which `RunningOperations` alone changes. Both begin at 0. */
export interface RunningKey {
  /** The response of the operation and its work each hold it. */
  holds: number;
  /** How many waits an operation has that only waits. Such an operation is not counted. */
  waits: number;
}

/**
 * The operations that must end before the process may exit. Each counts from its request until its response has been sent
 * and its work is done. A subscription stops counting once it has been set up.
 */
export class RunningOperations {
  readonly #max: number;
  readonly #maxWithQueries: number;
  readonly #idle = new Notifier();
  /** How many operations are held, waiting ones included. */
  #held = 0;
  #waiting = 0;
  /** What ends the waits. */
  readonly #ends = new Set<() => void>();
  #isDraining = false;
  #shed = 0;

  /** @param max most running operations, of which queries may take a share only; unlimited by default */
  constructor(max = Infinity) {
    this.#max = max;
    this.#maxWithQueries = Math.floor(max * queryShare);
  }

  get count(): number {
    return this.#held - this.#waiting;
  }

  /** How many operations only wait for something to happen. */
  get waiting(): number {
    return this.#waiting;
  }

  /** True once the shutdown has begun: new operations are refused. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** How many operations were refused because too many were running. */
  get shed(): number {
    return this.#shed;
  }

  /** @param operation the operation to be checked, which does not count itself */
  hasRoomFor(kind: 'query' | 'any', operation?: RunningKey): boolean {
    const others = operation && operation.holds > 0 ? this.count - 1 : this.count;
    return others < (kind === 'query' ? this.#maxWithQueries : this.#max);
  }

  countShed(): void {
    this.#shed += 1;
  }

  /** Holds an operation: it runs until all of its holds are released. */
  hold(operation: RunningKey): void {
    if (operation.holds === 0) this.#held += 1;
    operation.holds += 1;
  }

  /** To be called once for each hold. */
  release(operation: RunningKey): void {
    if (operation.holds > 1) operation.holds -= 1;
    else this.forget(operation);
  }

  /**
   * Doesn't count an operation while it only waits.
   *
   * @param end ends the wait, a function of its own; called when a shutdown begins, or at once if it has begun
   */
  suspend(operation: RunningKey, end: () => void): void {
    this.#ends.add(end);
    if (operation.holds > 0) {
      if (operation.waits === 0) this.#waiting += 1;
      operation.waits += 1;
    }
    if (this.#isDraining) end();
  }

  /** To be called once when a suspended operation goes on. */
  resume(operation: RunningKey, end: () => void): void {
    this.#ends.delete(end);
    if (operation.waits === 0) return;
    operation.waits -= 1;
    if (operation.waits === 0) this.#waiting -= 1;
  }

  /** Stops counting an operation that doesn't end by itself. */
  forget(operation: RunningKey): void {
    if (operation.waits > 0) this.#waiting -= 1;
    operation.waits = 0;
    if (operation.holds === 0) return;
    operation.holds = 0;
    this.#held -= 1;
    if (this.#held === 0) this.#idle.notify();
  }

  /** Refuses new operations, ends those that only wait, and waits until none is running or the signal is aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isDraining = true;
    for (const end of this.#ends) end();
    while (this.#held > 0 && !signal.aborted) await waitFor(this.#idle.next(), { signal });
  }
}
