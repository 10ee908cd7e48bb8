import type { Plugin } from 'graphql-yoga';

import type { TransportContext } from '../../live/TransportContext.ts';

/** Limits the time of queries and mutations. A subscription has no deadline. */
export function useDeadline(deadlineMs: number): Plugin<TransportContext> {
  return {
    onExecute: ({ args }) => {
      const { deadline } = args.contextValue;
      deadline?.start(deadlineMs);
      return { onExecuteDone: () => deadline?.end() };
    },
  };
}
