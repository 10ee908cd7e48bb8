import type { Answer } from './answers/Answer.ts';
import type { Results } from './answers/Answer.ts';
import type { EngineOptions, EngineParts } from './operation/EngineParts.ts';
import { maskError } from './errors/maskError.ts';
import { PrincipalLimits } from './limits/PrincipalLimits.ts';
import { WaitingOperations } from './limits/WaitingOperations.ts';
import { SharedExecutions } from './live/SharedExecutions.ts';
import { Operation } from './operation/Operation.ts';
import type { OperationRequest } from './operation/OperationRequest.ts';
import { Plans } from './plans/Plans.ts';
import { Refusal } from './answers/Refusal.ts';
import { stepsOf } from './steps.ts';
import type { Step } from './steps.ts';

/** Runs the operations of all doors through the same steps, which contain all policy. */
export class Engine {
  readonly #parts: EngineParts;

  constructor(options: EngineOptions) {
    const { schema, limits, isSandbox, log, running, createContext } = options;
    const { principalLimits = new PrincipalLimits(limits) } = options;
    this.#parts = {
      ...options,
      observers: options.observers ?? [],
      plans: new Plans(schema, limits, isSandbox),
      principalLimits,
      waiting: new WaitingOperations(running, principalLimits, limits),
      executions: new SharedExecutions({
        createContext,
        maskError: (error, principal) => maskError(principal, error, log),
      }),
    };
  }

  /** Runs an operation from its request to its answer. */
  run(request: OperationRequest): Answer | Results | Promise<Answer | Results> {
    return this.perform(this.prepare(request));
  }

  /** Runs the synchronous steps before the execution. If one of them refuses the operation, its answer is set. */
  prepare(request: OperationRequest): Operation {
    const operation = new Operation(request, this.#parts.limits.deadlineMs);
    void this.#walk(preparing, operation, 0);
    if (operation.isRefused) this.#conclude(operation);
    return operation;
  }

  /** Executes a prepared operation, unless it was refused. */
  perform(operation: Operation): Answer | Results | Promise<Answer | Results> {
    if (operation.answer) return operation.answer;
    const pending = this.#walk(performing, operation, 0);
    return pending ? pending.then(() => this.#conclude(operation)) : this.#conclude(operation);
  }

  #conclude(operation: Operation): Answer | Results {
    for (const { run } of concluding) void run(operation, this.#parts);
    if (!operation.answer) throw new TypeError('the operation has no answer');
    return operation.answer;
  }

  /** Runs the steps in order until one refuses the operation. Returns a promise only if a step does. */
  #walk(steps: readonly Step[], operation: Operation, from: number): Promise<void> | void {
    try {
      for (let at = from; at < steps.length; at += 1) {
        const pending = steps[at]?.run(operation, this.#parts);
        if (pending) {
          return pending.then(
            () => this.#walk(steps, operation, at + 1),
            (error: unknown) => refuse(operation, error),
          );
        }
      }
    } catch (error) {
      refuse(operation, error);
    }
    return undefined;
  }
}

const [preparing, performing, concluding] = [stepsOf('prepare'), stepsOf('perform'), stepsOf('conclude')];

function refuse(operation: Operation, error: unknown): void {
  operation.refusal = error instanceof Refusal ? error : new Refusal([error]);
}
