import type { ExecutionArgs, GraphQLError } from 'graphql';

import type { Principal } from '../../auth/principal.ts';
import { Session } from '../../auth/Session.ts';
import type { OperationFacts } from '../../context.ts';
import { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';

import { SharedExecution } from './SharedExecution.ts';
import type { SharedOperation } from './sharedOperation.ts';

export interface SharedExecutionsOptions {
  createContext: (facts: OperationFacts) => OperationFacts;
  maskError: (error: unknown, principal: Principal) => GraphQLError;
}

/** Subscribers with the same operation, variables and rights share one execution per event. */
export class SharedExecutions {
  readonly #options: SharedExecutionsOptions;
  readonly #executions = new Map<string, SharedExecution>();

  constructor(options: SharedExecutionsOptions) {
    this.#options = options;
  }

  /** Returns the execution that a subscriber shares with others. It is kept while it has subscribers. */
  of(operation: SharedOperation, { schema, variableValues, contextValue }: ExecutionArgs): SharedExecution {
    const { principal } = (contextValue as OperationFacts).session;
    const variables = pick(variableValues ?? {}, operation.variableNames);
    const key = JSON.stringify([principal.rights, operation.text, variables]);
    const found = this.#executions.get(key);
    if (found) return found;
    const { createContext, maskError } = this.#options;
    // The first principal stands for all with the same rights, even after its own session has ended.
    const session = new Session({ principal, canEnd: false });
    const execution = new SharedExecution({
      schema,
      operation,
      variables,
      createContext: (signal) =>
        createContext({ session, signal, lastEventId: null, progress: new SubscriptionProgress() }),
      maskError: (error) => maskError(error, principal),
      onAbandoned: () => this.#executions.delete(key),
    });
    this.#executions.set(key, execution);
    return execution;
  }
}

/** An absent variable stays absent, since null would override its default. */
function pick(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]]));
}
