import { createSourceEventStream } from 'graphql';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import type { OperationFacts } from '../../../context.ts';
import type { LiveSink } from '../../live/LiveSink.ts';
import { LiveSubscription } from '../../live/LiveSubscription.ts';
import type { SharedExecutions } from '../../live/SharedExecutions.ts';
import { sharedOperation } from '../../live/sharedOperation.ts';
import type { SharedOperation } from '../../live/sharedOperation.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/**
 * Executes shareable subscriptions once per event for all subscribers. Results go straight to the sink of the
 * subscriber; everything else, such as opening and ending a subscription, works as for any other.
 */
export function useSharedExecutions(
  executions: SharedExecutions,
  sinkOf: (transport: TransportContext) => LiveSink | null,
): Plugin {
  return {
    onSubscribe: ({ args, setSubscribeFn }) => {
      const { schema, document, operationName, contextValue } = args as ExecutionArgs;
      const operation = sharedOperation(schema, document, operationName);
      const sink = operation && sinkOf(contextValue as TransportContext);
      if (operation && sink) {
        setSubscribeFn((each: ExecutionArgs) => subscribe(each, { executions, operation, sink }));
      }
    },
  };
}

interface Shared {
  executions: SharedExecutions;
  operation: SharedOperation;
  sink: LiveSink;
}

async function subscribe(
  args: ExecutionArgs,
  { executions, operation, sink }: Shared,
): Promise<LiveSubscription | ExecutionResult> {
  const source = await createSourceEventStream(args);
  if (!isAsyncIterable(source)) return source;
  const events = source[Symbol.asyncIterator]() as AsyncIterator<object, undefined>;
  const { progress } = args.contextValue as OperationFacts;
  return new LiveSubscription(events, executions.of(operation, args), { sink, progress });
}
