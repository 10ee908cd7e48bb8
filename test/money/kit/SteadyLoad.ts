import { EventEmitter, on } from 'node:events';

import { closeLater } from '../../kit/closeLater.ts';
import { mutate } from '../../kit/mutate.ts';
import type { MutationResult } from '../../kit/mutate.ts';

import { makeWork } from './Work.ts';

/** A create that was requested once, without retries. */
export interface Operation {
  /** The time of the request by `performance.now()`. */
  at: number;
  /** Null until the response has arrived. */
  result: MutationResult | null;
}

/** Sends a number of creates per second without waiting for responses. It stops when the test ends. */
export class SteadyLoad {
  readonly operations: Operation[] = [];
  readonly #answers = new EventEmitter();
  readonly #works = makeWork('create', 100_000);
  readonly #timer: NodeJS.Timeout;

  constructor(url: string, perSecond: number) {
    this.#timer = setInterval(() => void this.#ask(url), 1_000 / perSecond);
    closeLater(() => this.stop());
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Waits for the next operation whose result matches. */
  async answered(matches: (result: MutationResult) => boolean): Promise<Operation> {
    for await (const [operation] of on(this.#answers, 'answer') as AsyncIterable<[Operation]>) {
      if (operation.result && matches(operation.result)) return operation;
    }
    throw new Error('no more responses arrive');
  }

  async #ask(url: string): Promise<void> {
    const work = this.#works.shift();
    if (!work) return;
    const operation: Operation = { at: performance.now(), result: null };
    this.operations.push(operation);
    operation.result = await mutate(url, work.name, work.variables).catch((error: unknown) => ({
      __typename: 'Gone',
      message: String(error),
    }));
    this.#answers.emit('answer', operation);
  }
}
