import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

const streamed = 'text/event-stream';
const singleAnswers = ['application/graphql-response+json', 'application/json', 'multipart/mixed', streamed];

/**
 * Refuses what could not be answered before it is done: Yoga chooses the answer's media type when there is one, and
 * would say 406 of a mutation that has moved money, or of a subscription that nobody will ever read.
 */
export function useAcceptableAnswers(): Plugin {
  return {
    onRequestParse: ({ request }) => {
      if (!accepts(request, singleAnswers)) throw notAcceptable(singleAnswers);
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      // A socket has no request, and nothing to choose from.
      const { request } = args.contextValue as { request?: Request };
      if (!request || accepts(request, [streamed])) return;
      setResultAndStopExecution({ errors: [notAcceptable([streamed])] });
    },
    // Yoga says of answers in parts that the connection is kept: that is for the server to say, which may be closing it.
    onResponse: ({ response }) => response.headers.delete('connection'),
  };
}

function accepts({ headers }: Request, mediaTypes: string[]): boolean {
  // A header without a value names nothing, as none does.
  const accept = headers.get('accept')?.trim() || '*/*';
  return accept.split(',').some((range) => mediaTypes.some((mediaType) => matches(range, mediaType)));
}

function matches(range: string, mediaType: string): boolean {
  const [asked = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
  // Answers are UTF-8; a weight of zero means: anything but this.
  if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter) || /^charset=(?!"?utf-8"?$)/.test(parameter))) {
    return false;
  }
  return asked === '*/*' || asked === mediaType || asked === mediaType.replace(/\/.*/, '/*');
}

function notAcceptable(mediaTypes: string[]): GraphQLError {
  return new GraphQLError(`the answer can be ${mediaTypes.join(' or ')}, which the Accept header does not allow`, {
    extensions: { code: 'NOT_ACCEPTABLE', http: { status: 406 } },
  });
}
