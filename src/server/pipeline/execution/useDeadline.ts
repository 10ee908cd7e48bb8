import type { Plugin } from 'graphql-yoga';

import type { TransportContext } from '../../live/TransportContext.ts';

/** Gives queries and mutations a time within which they are to end; a subscription lasts as long as its client. */
export function useDeadline(deadlineMs: number): Plugin<TransportContext> {
  return {
    onExecute: ({ args }) => {
      const onExecuteDone = args.contextValue.ending?.setDeadline(deadlineMs);
      return onExecuteDone && { onExecuteDone };
    },
  };
}
