import { execute } from 'graphql';
import type { ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';

import { Cancellation } from '../../concurrency/Cancellation.ts';
import type { CancelSignal } from '../../concurrency/Cancellation.ts';
import { releaseOnce } from '../../concurrency/releaseOnce.ts';
import type { OperationFacts } from '../../context.ts';

import { LiveMessage } from './LiveMessage.ts';
import type { SharedOperation } from './sharedOperation.ts';

export interface SharedExecutionOptions {
  schema: GraphQLSchema;
  operation: SharedOperation;
  variables: Record<string, unknown>;
  /** Creates the context of one event's execution. */
  createContext: (signal: CancelSignal) => OperationFacts;
  maskError: (error: unknown) => GraphQLError;
  /** Called when the last subscriber has left. */
  onAbandoned: () => void;
}

interface Execution {
  message: LiveMessage | Promise<LiveMessage>;
  startedAt: number;
  cancellation: Cancellation;
}

/**
 * How long a result is reused, in ms. Live subscribers request it within milliseconds, resuming subscribers at any
 * time.
 */
const freshMs = 500;

/** Executes an operation once per event for all subscribers that get the same result. */
export class SharedExecution {
  readonly #options: SharedExecutionOptions;
  /** Oldest first. */
  readonly #executions = new Map<object, Execution>();
  #eviction: NodeJS.Timeout | undefined;
  #subscribers = 0;

  constructor(options: SharedExecutionOptions) {
    this.#options = options;
  }

  /** @returns a function to call when the subscriber leaves; further calls do nothing */
  join(): () => void {
    this.#subscribers += 1;
    return releaseOnce(() => {
      this.#subscribers -= 1;
      if (this.#subscribers === 0) this.#abandon();
    });
  }

  /**
   * Returns the result for an event. The first call for an event executes the operation; calls within `freshMs` reuse
   * its result. Never rejects: a failure is a message with `errors`.
   */
  messageOf(event: object): LiveMessage | Promise<LiveMessage> {
    const found = this.#executions.get(event);
    if (found && performance.now() - found.startedAt < freshMs) return found.message;
    const cancellation = new Cancellation();
    const message = this.#execute(event, cancellation);
    const execution: Execution = { startedAt: performance.now(), cancellation, message };
    if (execution.message instanceof Promise) {
      void execution.message.then((message) => (execution.message = message));
    }
    this.#executions.delete(event);
    this.#executions.set(event, execution);
    this.#eviction ??= setTimeout(() => this.#evict(), freshMs).unref();
    return execution.message;
  }

  #execute(event: object, signal: CancelSignal): LiveMessage | Promise<LiveMessage> {
    const { schema, operation, variables, createContext } = this.#options;
    try {
      const result = execute({
        schema,
        document: operation.document,
        variableValues: variables,
        contextValue: createContext(signal),
        rootValue: event,
      });
      if (!(result instanceof Promise)) return this.#serialise(result, event);
      return result
        .then((settled) => this.#serialise(settled, event))
        .catch((error: unknown) => this.#serialiseError(error));
    } catch (error) {
      return this.#serialiseError(error);
    }
  }

  #serialise(result: ExecutionResult, event: object): LiveMessage {
    const { maskError } = this.#options;
    const errors = result.errors?.map((error) => maskError(error));
    return LiveMessage.of(errors ? { ...result, errors } : result, cursorOf(event));
  }

  #serialiseError(error: unknown): LiveMessage {
    return LiveMessage.of({ errors: [this.#options.maskError(error)] });
  }

  #evict(): void {
    const now = performance.now();
    for (const [event, { startedAt, message }] of this.#executions) {
      if (now - startedAt < freshMs) break;
      // A pending execution is kept, so that it can be aborted when the last subscriber leaves.
      if (!(message instanceof Promise)) this.#executions.delete(event);
    }
    this.#eviction = this.#executions.size === 0 ? undefined : setTimeout(() => this.#evict(), freshMs).unref();
  }

  #abandon(): void {
    clearTimeout(this.#eviction);
    for (const { cancellation } of this.#executions.values()) cancellation.abort();
    this.#executions.clear();
    this.#options.onAbandoned();
  }
}

function cursorOf(event: object): string | null {
  return 'cursor' in event && typeof event.cursor === 'string' ? event.cursor : null;
}
