import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { answerTypes, eventStream } from './acceptedAnswers.ts';

/**
 * Refuses what could not be answered before it is done: Yoga chooses the answer's media type when there is one, and
 * would say 406 of a mutation that has moved money, or of a subscription that nobody will ever read.
 */
export function useAcceptableAnswers(): Plugin {
  return {
    onRequestParse: ({ request }) => {
      if (!accepts(request, answerTypes)) throw notAcceptable(answerTypes);
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      // A socket has no request, and nothing to choose from.
      const { request } = args.contextValue as { request?: Request };
      if (!request || accepts(request, [eventStream])) return;
      setResultAndStopExecution({ errors: [notAcceptable([eventStream])] });
    },
    // Yoga says of answers in parts that the connection is kept: that is for the server to say, which may be closing it.
    onResponse: ({ response }) => response.headers.delete('connection'),
  };
}

/** The header was read before (`unifyHead.ts`). */
function accepts({ headers }: Request, mediaTypes: string[]): boolean {
  const accepted = headers.get('accept')?.split(', ') ?? [];
  return mediaTypes.some((mediaType) => accepted.includes(mediaType));
}

function notAcceptable(mediaTypes: string[]): GraphQLError {
  return new GraphQLError(`the answer can be ${mediaTypes.join(' or ')}, which the Accept header does not allow`, {
    extensions: { code: 'NOT_ACCEPTABLE', http: { status: 406 } },
  });
}
