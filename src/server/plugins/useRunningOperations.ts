import type { ServerResponse } from 'node:http';

import type { Plugin } from 'graphql-yoga';

import type { RunningOperations } from '../RunningOperations.ts';

/** Queries and mutations under way, on every transport: a shutdown lets them finish. It doesn't wait for subscriptions. */
export function useRunningOperations(running: RunningOperations): Plugin<{ res?: ServerResponse }> {
  return {
    onExecute: () => {
      const end = running.begin();
      return { onExecuteDone: end };
    },
    onSubscribe: ({ args }) => {
      const { res } = args.contextValue as { res?: ServerResponse };
      if (res) running.forget(res);
    },
  };
}
