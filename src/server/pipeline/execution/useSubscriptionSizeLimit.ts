import type { Plugin } from 'graphql-yoga';

import { codedGraphQLError } from '../../../errors/codedGraphQLError.ts';

import type { TransportContext } from '../../live/TransportContext.ts';

/** In characters. A filter with the most ids that it may have takes less. */
const maxLength = 131_072;

/** Limits the size of subscriptions more strictly than that of queries, because they stay in memory until they end. */
export function useSubscriptionSizeLimit(): Plugin<TransportContext> {
  return {
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      if (JSON.stringify(args.contextValue.params).length <= maxLength) return;
      const message = `a subscription may have ${maxLength} characters, including its variables`;
      const error = codedGraphQLError('REQUEST_ENTITY_TOO_LARGE', message, { http: { status: 413 } });
      setResultAndStopExecution({ errors: [error] });
    },
  };
}
