import type { Limits } from '../../config/limits.ts';
import { overloaded } from '../../errors/limitErrors.ts';

import type { PrincipalLimits } from './PrincipalLimits.ts';
import type { RunningKey, RunningOperations } from './RunningOperations.ts';

/** The share of all waiting operations that one principal may have. */
const principalShare = 0.5;

/** The parts of an operation that a wait affects. */
export interface WaitingOperation {
  /** Its key identifies it in `RunningOperations`. */
  readonly request: { readonly client: { readonly runningKey: RunningKey } };
  readonly session: { readonly principal: { readonly name: string } };
  /** The deadline of the operation, which starts anew after the wait. */
  readonly lifetime: { pause: () => void; resume: () => void };
}

/**
 * Limits operations that only wait for something to happen: they don't count as running, and their deadline is paused.
 */
export class WaitingOperations {
  readonly #running: RunningOperations;
  readonly #principals: PrincipalLimits;
  readonly #limits: Pick<Limits, 'maxWaiting'>;
  readonly #counts = new Map<string, number>();
  #count = 0;

  constructor(running: RunningOperations, principals: PrincipalLimits, limits: Pick<Limits, 'maxWaiting'>) {
    this.#running = running;
    this.#principals = principals;
    this.#limits = limits;
  }

  /**
   * @param end ends the wait; called when a shutdown begins
   * @throws GraphQLError if too many operations wait
   */
  begin({ request, session, lifetime }: WaitingOperation, end: () => void): void {
    const { maxWaiting } = this.#limits;
    const { name } = session.principal;
    const own = this.#counts.get(name) ?? 0;
    if (this.#count >= maxWaiting || own >= Math.ceil(maxWaiting * principalShare)) throw overloaded();
    this.#add(name, 1);
    lifetime.pause();
    this.#principals.suspend(name);
    this.#running.suspend(request.client.runningKey, end);
  }

  /** Call it once when the operation continues. @param end the function that was passed to `begin` */
  end({ request, session, lifetime }: WaitingOperation, end: () => void): void {
    const { name } = session.principal;
    this.#principals.resume(name);
    this.#running.resume(request.client.runningKey, end);
    this.#add(name, -1);
    lifetime.resume();
  }

  #add(principal: string, operations: number): void {
    this.#count += operations;
    const count = (this.#counts.get(principal) ?? 0) + operations;
    if (count === 0) this.#counts.delete(principal);
    else this.#counts.set(principal, count);
  }
}
