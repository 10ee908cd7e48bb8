import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import type { OperationFacts } from '../../../context.ts';

/**
 * Ends a subscription when its client disconnects. Transports do so only once they read from it, so a client that
 * disconnects while its subscription is being set up would leave a subscriber behind forever.
 */
export function useAbandonedSubscriptions(): Plugin<OperationFacts> {
  return {
    onSubscribe: ({ args }) => ({
      onSubscribeResult: ({ result }) => {
        const { signal } = args.contextValue as OperationFacts;
        if (!signal || !isAsyncIterable(result)) return;
        const end = () => void result.return?.();
        if (signal.aborted) end();
        else signal.addEventListener('abort', end, { once: true });
      },
    }),
  };
}
