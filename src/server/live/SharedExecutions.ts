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

/** Who is shown the same: subscribers with the same operation, the same variables and the same rights. */
export class SharedExecutions {
  readonly #options: SharedExecutionsOptions;
  readonly #executions = new Map<string, SharedExecution>();

  constructor(options: SharedExecutionsOptions) {
    this.#options = options;
  }

  /** The one that such a subscriber shares; it is there for as long as somebody has joined it. */
  of(operation: SharedOperation, { schema, variableValues, contextValue }: ExecutionArgs): SharedExecution {
    const { principal } = (contextValue as OperationFacts).session;
    const variables = chosen(operation.variableNames, variableValues ?? {});
    const key = JSON.stringify([principal.rights, operation.text, variables]);
    const found = this.#executions.get(key);
    if (found) return found;
    const { createContext, maskError } = this.#options;
    // Whoever was first stands for all who have the same rights, and for as long as one of them is there.
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

/** Names that were left out stay out: they have defaults, where null is a value. */
function chosen(names: readonly string[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(names.filter((name) => Object.hasOwn(values, name)).map((name) => [name, values[name]]));
}
