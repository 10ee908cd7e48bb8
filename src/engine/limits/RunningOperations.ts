import { Notifier } from '../../concurrency/Notifier.ts';
import { waitFor } from '../../concurrency/waitFor.ts';

/**
 * The share of the maximum that queries may take; the rest is reserved for mutations and subscriptions. At three times
 * the peak load, with one mutation in ten requests, nearly a third of the running operations are mutations.
 */
const queryShare = 0.5;

/** Identifies an operation and holds its state, which only `RunningOperations` changes. Starts with 0 and false. */
export interface RunningKey {
  /** How many parts hold the operation: its response, its work, or both. */
  holds: number;
  /** True while the operation only waits: it is then not counted as running. */
  isSuspended: boolean;
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
  readonly #drainListeners = new Set<() => void>();
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

  /** Stops counting an operation while it only waits. */
  suspend(operation: RunningKey): void {
    if (operation.holds === 0 || operation.isSuspended) return;
    operation.isSuspended = true;
    this.#waiting += 1;
  }

  /** Call it when a suspended operation continues. */
  resume(operation: RunningKey): void {
    if (!operation.isSuspended) return;
    operation.isSuspended = false;
    this.#waiting -= 1;
  }

  /** Calls a listener when a shutdown begins, or immediately if one has begun. */
  whenDraining(listener: () => void): void {
    this.#drainListeners.add(listener);
    if (this.#isDraining) listener();
  }

  /** Removes a listener of `whenDraining`. */
  removeListener(listener: () => void): void {
    this.#drainListeners.delete(listener);
  }

  /** Stops counting an operation, whatever still holds it. */
  forget(operation: RunningKey): void {
    this.resume(operation);
    if (operation.holds === 0) return;
    operation.holds = 0;
    this.#held -= 1;
    if (this.#held === 0) this.#idle.notify();
  }

  /** Refuses new operations, ends those that only wait, and waits until none is running or the signal is aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isDraining = true;
    for (const listener of this.#drainListeners) listener();
    while (this.#held > 0 && !signal.aborted) await waitFor(this.#idle.next(), { signal });
  }
}
