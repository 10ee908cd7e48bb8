import { EventEmitter, once } from 'node:events';

/**
 * The share of the room that queries may take: what is left is for what moves money, and for what stays open. Of three
 * times the load that can be carried, a tenth that are mutations are nearly a third of what is under way.
 */
const queriesShare = 0.5;

/**
 * What is under way and must end before the process may: each operation from the moment it is asked until its answer has
 * left and its work is done. Subscriptions are none of it once they stand.
 */
export class RunningOperations {
  readonly #max: number;
  readonly #maxWithQueries: number;
  readonly #idle = new EventEmitter();
  /** By what they are known by; an operation is held by its answer and by its work. */
  readonly #holds = new Map<object, number>();
  #isDraining = false;
  #shed = 0;

  /** @param max at once; of these, queries take a share only. Default as many as come */
  constructor(max = Infinity) {
    this.#max = max;
    this.#maxWithQueries = Math.floor(max * queriesShare);
  }

  get count(): number {
    return this.#holds.size;
  }

  /** True from the moment the gateway is told to stop: what has not begun is refused. */
  get isDraining(): boolean {
    return this.#isDraining;
  }

  /** How many were refused for want of room. */
  get shed(): number {
    return this.#shed;
  }

  /** @param operation the one that asks, which may count already */
  hasRoomFor(kind: 'query' | 'any', operation?: object | null): boolean {
    const others = operation && this.#holds.has(operation) ? this.#holds.size - 1 : this.#holds.size;
    return others < (kind === 'query' ? this.#maxWithQueries : this.#max);
  }

  /** One was refused for want of room. */
  noteShed(): void {
    this.#shed += 1;
  }

  /**
   * @param operation what it is known by: it runs until everything that holds it has ended
   * @returns to be called when this part of it has ended; calling it again does nothing
   */
  begin(operation: object): () => void {
    this.#holds.set(operation, (this.#holds.get(operation) ?? 0) + 1);
    let hasEnded = false;
    return () => {
      if (hasEnded) return;
      hasEnded = true;
      const left = (this.#holds.get(operation) ?? 0) - 1;
      if (left > 0) this.#holds.set(operation, left);
      else this.forget(operation);
    };
  }

  /** It never ends by itself, so nothing waits for it. */
  forget(operation: object): void {
    if (this.#holds.delete(operation) && this.#holds.size === 0) this.#idle.emit('idle');
  }

  /** Lets nothing new begin and waits until nothing runs, or until the signal ends the wait. */
  async drain(signal: AbortSignal): Promise<void> {
    this.#isDraining = true;
    while (this.#holds.size > 0 && !signal.aborted) {
      // The one error is the signal's: who waited for too long goes on without.
      await once(this.#idle, 'idle', { signal }).catch(() => undefined);
    }
  }
}
