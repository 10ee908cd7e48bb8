import { execute } from 'graphql';
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';

import type { OperationFacts } from '../../context.ts';

import { LiveMessage } from './LiveMessage.ts';
import type { SharedOperation } from './sharedOperation.ts';

export interface SharedExecutionOptions {
  schema: GraphQLSchema;
  operation: SharedOperation;
  variables: Record<string, unknown>;
  /** Makes what one event's execution may use: nothing in it outlives the event. */
  createContext: (signal: AbortSignal) => OperationFacts;
  maskError: (error: unknown) => GraphQLError;
  /** Called when the last subscriber has left. */
  onAbandoned: () => void;
}

interface Execution {
  message: LiveMessage | Promise<LiveMessage>;
  begunAt: number;
  abort: AbortController;
}

/** For how long a result is what its event shows, in ms: subscribers ask within a moment, those who resume at any time. */
const freshMs = 500;

/** Executes an operation once per event, for all subscribers that are shown the same. */
export class SharedExecution {
  readonly #options: SharedExecutionOptions;
  readonly #executions = new Map<object, Execution>();
  #forgetting: NodeJS.Timeout | undefined;
  #subscribers = 0;

  constructor(options: SharedExecutionOptions) {
    this.#options = options;
  }

  /** @returns to be called when the subscriber leaves; calling it again does nothing */
  join(): () => void {
    this.#subscribers += 1;
    let hasLeft = false;
    return () => {
      if (hasLeft) return;
      hasLeft = true;
      this.#subscribers -= 1;
      if (this.#subscribers === 0) this.#abandon();
    };
  }

  /** What the event shows. Those who come later than a moment are shown it anew. Never fails: errors are told in it. */
  messageOf(event: object): LiveMessage | Promise<LiveMessage> {
    const known = this.#executions.get(event);
    if (known && performance.now() - known.begunAt < freshMs) return known.message;
    const abort = new AbortController();
    const execution: Execution = { begunAt: performance.now(), abort, message: this.#execute(event, abort.signal) };
    if (execution.message instanceof Promise) {
      void execution.message.then((message) => (execution.message = message));
    }
    // The oldest stands first.
    this.#executions.delete(event);
    this.#executions.set(event, execution);
    this.#forgetting ??= setTimeout(() => this.#forgetOld(), freshMs).unref();
    return execution.message;
  }

  #execute(event: object, signal: AbortSignal): LiveMessage | Promise<LiveMessage> {
    const { schema, operation, variables, createContext } = this.#options;
    try {
      const result = execute({
        schema,
        document: operation.document,
        variableValues: variables,
        contextValue: createContext(signal),
        rootValue: event,
      });
      if (!(result instanceof Promise)) return this.#written(result, event);
      return result.then((settled) => this.#written(settled, event)).catch((error: unknown) => this.#failed(error));
    } catch (error) {
      return this.#failed(error);
    }
  }

  #written(result: ExecutionResult, event: object): LiveMessage {
    const { maskError } = this.#options;
    const errors = result.errors?.map((error) => maskError(error));
    return new LiveMessage(errors ? { ...result, errors } : result, cursorOf(event));
  }

  #failed(error: unknown): LiveMessage {
    return new LiveMessage({ errors: [this.#options.maskError(error)] });
  }

  #forgetOld(): void {
    const now = performance.now();
    for (const [event, { begunAt, message }] of this.#executions) {
      if (now - begunAt < freshMs) break;
      // What is under way is kept, to be given up with the last subscriber.
      if (!(message instanceof Promise)) this.#executions.delete(event);
    }
    this.#forgetting = this.#executions.size === 0 ? undefined : setTimeout(() => this.#forgetOld(), freshMs).unref();
  }

  #abandon(): void {
    clearTimeout(this.#forgetting);
    for (const { abort } of this.#executions.values()) abort.abort();
    this.#executions.clear();
    this.#options.onAbandoned();
  }
}

function cursorOf(event: object): string | null {
  return 'cursor' in event && typeof event.cursor === 'string' ? event.cursor : null;
}
