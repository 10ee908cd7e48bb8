import { Notifier } from '../../concurrency/Notifier.ts';
import { waitFor } from '../../concurrency/waitFor.ts';

/**
 * The share of the maximum that queries may take. The rest is left for mutations and subscriptions. At three times the
 * load that the gateway can carry, with a tenth of it mutations, these are nearly a third of the running operations.
 */
const queryShare = 0.5;

/**
 * The operations that must end before the process may exit. Each counts from its request until its response has been sent
 * and its work is done. A subscription stops counting once it has been set up.
 */
export class RunningOperations {
  readonly #max: number;
  readonly #maxWithQueries: number;
  readonly #idle = new Notifier();
  /** The holds on each operation, by an object that identifies it. Its response and its work each hold it. */
  readonly #holds = new Map<object, number>();
  /** How many waits each operation that only waits has. Those are not counted. */
  readonly #waits = new Map<object, number>();
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
    return this.#holds.size - this.#waits.size;
  }

  /** How many operations only wait for something to happen. */
  get waiting(): number {
    return this.#waits.size;
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
  hasRoomFor(kind: 'query' | 'any', operation?: object | null): boolean {
    const others = operation && this.#holds.has(operation) ? this.count - 1 : this.count;
    return others < (kind === 'query' ? this.#maxWithQueries : this.#max);
  }

  countShed(): void {
    this.#shed += 1;
  }

  /** Holds an operation: it runs until all of its holds are released. */
  hold(operation: object): void {
    this.#holds.set(operation, (this.#holds.get(operation) ?? 0) + 1);
  }

  /** To be called once for each hold. */
  release(operation: object): void {
    const left = (this.#holds.get(operation) ?? 0) - 1;
    if (left > 0) this.#holds.set(operation, left);
    else this.forget(operation);
  }

  /**
   * Doesn't count an operation while it only waits.
   *
   * @param end ends the wait, a function of its own; called when a shutdown begins, or at once if it has begun
   */
  suspend(operation: object, end: () => void): void {
    this.#ends.add(end);
    if (this.#holds.has(operation)) this.#waits.set(operation, (this.#waits.get(operation) ?? 0) + 1);
    if (this.#isDraining) end();
  }

  /** To be called once when a suspended operation goes on. */
  resume(operation: object, end: () => void): void {
    this.#ends.delete(end);
    const left = (this.#waits.get(operation) ?? 0) - 1;
    if (left > 0) this.#waits.set(operation, left);
    else this.#waits.delete(operation);
  }

  /** Stops counting an operation that doesn't end by itself. */
  forget(operation: object): void {
    this.#waits.delete(operation);
    if (this.#holds.delete(operation) && this.#holds.size === 0) this.#idle.notify();
  }

  /** Refuses new operations, ends those that only wait, and waits until none is running or the signal is aborted. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isDraining = true;
    for (const end of this.#ends) end();
    while (this.#holds.size > 0 && !signal.aborted) await waitFor(this.#idle.next(), { signal });
  }
}
