import type { Plugin } from 'graphql-yoga';

import { codedGraphQLError } from '../../../errors/codedGraphQLError.ts';

import type { RunningOperations } from '../../limits/RunningOperations.ts';
import { runningKeyOf } from '../../live/TransportContext.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/**
 * Counts running queries and mutations, which a shutdown waits for. During a shutdown new operations are refused, since
 * clients may still send them on open connections. Subscriptions are not waited for.
 */
export function useRunningOperations(running: RunningOperations): Plugin<TransportContext> {
  return {
    onContextBuilding: () => {
      if (!running.isDraining) return;
      const message = 'the gateway is shutting down and did not start this operation: send it again';
      throw codedGraphQLError('SHUTTING_DOWN', message, { http: { status: 503 } });
    },
    onExecute: ({ args }) => ({ onExecuteDone: running.begin(runningKeyOf(args.contextValue) ?? {}) }),
    onSubscribe: ({ args }) => {
      const key = runningKeyOf(args.contextValue);
      if (key) running.forget(key);
    },
  };
}
