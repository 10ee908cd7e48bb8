import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { codedGraphQLError } from '../../../errors/codedGraphQLError.ts';

import { eventStream, responseTypes } from './mediaTypes.ts';

/**
 * Refuses a request whose response the client doesn't accept before it is executed. Yoga checks this afterwards: it would
 * answer with 406 after a mutation has moved money, or leave a subscription open that has no reader.
 */
export function useAcceptableResponses(): Plugin {
  return {
    onRequestParse: ({ request }) => {
      if (!accepts(request, responseTypes)) throw notAcceptable(responseTypes);
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      // A WebSocket has no request and negotiates nothing.
      const { request } = args.contextValue as { request?: Request };
      if (!request || accepts(request, [eventStream])) return;
      setResultAndStopExecution({ errors: [notAcceptable([eventStream])] });
    },
    // Yoga sends `connection: keep-alive` with multipart responses, but the server may be closing the connection.
    onResponse: ({ response }) => response.headers.delete('connection'),
  };
}

/** Compares strings, because `normalizeHead` has rewritten the header. */
function accepts({ headers }: Request, mediaTypes: string[]): boolean {
  const accepted = headers.get('accept')?.split(', ') ?? [];
  return mediaTypes.some((mediaType) => accepted.includes(mediaType));
}

function notAcceptable(mediaTypes: string[]): GraphQLError {
  const message = `the response can be ${mediaTypes.join(' or ')}, which the Accept header does not allow`;
  return codedGraphQLError('NOT_ACCEPTABLE', message, { http: { status: 406 } });
}
