import { Notifier } from '../../concurrency/Notifier.ts';
import { waitFor } from '../../concurrency/waitFor.ts';

/**
 * The share of the maximum that queries may take; the rest is reserved for mutations and subscriptions. At three times
 * the load that the gateway can carry, a tenth of it mutations, mutations are nearly a third of the running operations.
 */
const queryShare = 0.5;

/** Identifies an operation and holds its counters, which only `RunningOperations` changes. Both start at 0. */
export interface RunningKey {
  /** How many parts hold the operation: its response, its work, or both. */
  holds: number;
  /** How many waits of the operation are in progress. While there are any, the operation is not counted as running. */
  waits: number;
}

/**
 * Counts the operations that must end before the process may exit. An operation counts from its request until its
 * response has been sent and its work is done, but a subscription only until it has been set up.
 */
export class RunningOperations {
  readonly #max: number;
  readonly #maxWithQueries: number;
  readonly #idle = new Notifier();
  /** How many operations are held, waiting ones included. */
  #held = 0;
  #waiting = 0;
  /** The functions that end the waits. */
  readonly #ends = new Set<() => void>();
  #isDraining = false;
  #shed = 0;

  /** @param max maximum number of running operations, of which queries may take only a share; unlimited by default */
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

  /** @param operation the operation that asks for room; if it is held already, it is not counted */
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

  /** Call it once for each call of `hold`. */
  release(operation: RunningKey): void {
    if (operation.holds > 1) operation.holds -= 1;
    else this.forget(operation);
  }

  /**
   * Stops counting an operation while it only waits.
   *
   * @param end ends this wait; called when a shutdown begins, or immediately if one has begun. Each wait needs its own
   *   function.
   */
  suspend(operation: RunningKey, end: () => void): void {
    this.#ends.add(end);
    if (operation.holds > 0) {
      if (operation.waits === 0) this.#waiting += 1;
      operation.waits += 1;
    }
    if (this.#isDraining) end();
  }

  /** Call it once when a suspended operation continues. */
  resume(operation: RunningKey, end: () => void): void {
    this.#ends.delete(end);
    if (operation.waits === 0) return;
    operation.waits -= 1;
    if (operation.waits === 0) this.#waiting -= 1;
  }

  /** Stops counting an operation, whatever still holds it. */
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
