import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import type { OperationFacts } from '../../../context.ts';

/**
 * Ends a subscription with its client. Transports do so while they read from it; a client that is gone before the first
 * read, as one that aborts while its subscription is being opened, would leave a subscriber that nobody ever ends.
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
