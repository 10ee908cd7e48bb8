import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { TransportContext } from '../../live/TransportContext.ts';

/** Characters. A filter of as many ids as it may have fits with room to spare. */
const maxLength = 131_072;

/** A query has said what it says for a moment; what a subscription says is kept for as long as it lasts. */
export function useSubscriptionSizeLimit(): Plugin<TransportContext> {
  return {
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const { params } = args.contextValue;
      if (JSON.stringify(params).length > maxLength) setResultAndStopExecution({ errors: [tooLong()] });
    },
  };
}

function tooLong(): GraphQLError {
  return new GraphQLError(`a subscription may have ${maxLength} characters with all that comes with it`, {
    extensions: { code: 'REQUEST_ENTITY_TOO_LARGE', http: { status: 413 } },
  });
}
