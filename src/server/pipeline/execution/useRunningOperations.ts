import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { RunningOperations } from '../../limits/RunningOperations.ts';
import { runningKeyOf } from '../../live/TransportContext.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/**
 * Queries and mutations under way, on every transport: a shutdown lets them finish. It doesn't wait for subscriptions,
 * and what has not begun when it comes is refused: on sockets and kept connections clients go on asking.
 */
export function useRunningOperations(running: RunningOperations): Plugin<TransportContext> {
  return {
    onContextBuilding: () => {
      if (running.isDraining) throw shuttingDown();
    },
    onExecute: ({ args }) => {
      const end = running.begin(runningKeyOf(args.contextValue) ?? {});
      return { onExecuteDone: end };
    },
    onSubscribe: ({ args }) => {
      const key = runningKeyOf(args.contextValue);
      if (key) running.forget(key);
    },
  };
}

function shuttingDown(): GraphQLError {
  return new GraphQLError('the gateway is shutting down and has not begun this operation: send it again', {
    extensions: { code: 'SHUTTING_DOWN', http: { status: 503 } },
  });
}
