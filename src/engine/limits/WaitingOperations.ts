import type { Limits } from '../../config/limits.ts';
import { overloaded } from '../../errors/limitErrors.ts';

import type { PrincipalLimits } from './PrincipalLimits.ts';
import type { RunningKey, RunningOperations } from './RunningOperations.ts';

/** The share of `maxWaiting` that the waits of one principal may take. */
const principalShare = 0.5;

/** The parts of an operation that a wait affects. */
export interface WaitingOperation {
  /** `runningKey` identifies the operation in `RunningOperations`. */
  readonly request: { readonly client: { readonly runningKey: RunningKey } };
  readonly session: { readonly principal: { readonly name: string } };
  /** The deadline of the operation. */
  readonly lifetime: { pause: () => void; resume: () => void };
  /** Whether it does nothing but wait. An operation that may also do other work keeps counting as running. */
  readonly onlyWaits: boolean;
  /** How many of its waits are in progress; only `WaitingOperations` changes it. */
  waits: number;
}

/**
 * Limits the waits in progress. While an operation only waits, it does not count as running, and it has no deadline: its
 * deadline starts anew after its last wait.
 */
export class WaitingOperations {
  readonly #running: RunningOperations;
  readonly #principals: PrincipalLimits;
  readonly #limits: Pick<Limits, 'maxWaiting'>;
  /** Waits in progress, by the name of the principal. */
  readonly #counts = new Map<string, number>();
  #count = 0;

  constructor(running: RunningOperations, principals: PrincipalLimits, limits: Pick<Limits, 'maxWaiting'>) {
    this.#running = running;
    this.#principals = principals;
    this.#limits = limits;
  }

  /**
   * @param end ends the wait; called when a shutdown begins
   * @throws GraphQLError if too many waits are in progress, in all or of this principal
   */
  begin(operation: WaitingOperation, end: () => void): void {
    const { maxWaiting } = this.#limits;
    const { name } = operation.session.principal;
    const own = this.#counts.get(name) ?? 0;
    if (this.#count >= maxWaiting || own >= Math.ceil(maxWaiting * principalShare)) throw overloaded();
    this.#add(name, 1);
    operation.waits += 1;
    if (operation.waits === 1 && operation.onlyWaits) {
      operation.lifetime.pause();
      this.#principals.suspend(name);
      this.#running.suspend(operation.request.client.runningKey);
    }
    this.#running.whenDraining(end);
  }

  /** Call it once when the wait has ended. @param end the function that was passed to `begin` */
  end(operation: WaitingOperation, end: () => void): void {
    const { name } = operation.session.principal;
    this.#running.removeListener(end);
    this.#add(name, -1);
    operation.waits -= 1;
    if (operation.waits > 0 || !operation.onlyWaits) return;
    this.#principals.resume(name);
    this.#running.resume(operation.request.client.runningKey);
    operation.lifetime.resume();
  }

  #add(principal: string, waits: number): void {
    this.#count += waits;
    const count = (this.#counts.get(principal) ?? 0) + waits;
    if (count === 0) this.#counts.delete(principal);
    else this.#counts.set(principal, count);
  }
}
