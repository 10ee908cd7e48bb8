import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { AbandonedError } from '../../domain/cancellation.ts';

/**
 * Refuses what would be misread. Bodies are read as UTF-8 whatever they say: in another encoding, a description would be
 * stored as other words. And Yoga takes `variables` of a URL or form that are no JSON, and clients that go away in the
 * middle of what they say, for errors of its own.
 */
export function useReadableRequests(): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser, endResponse, fetchAPI }) => {
      const charset = /;\s*charset="?([^";\s]*)/i.exec(request.headers.get('content-type') ?? '')?.[1];
      if (charset !== undefined && charset.toLowerCase() !== 'utf-8') {
        endResponse(new fetchAPI.Response(`charset is ${charset}, expected utf-8\n`, { status: 415 }));
      } else if (requestParser) {
        setRequestParser(async (readable) => {
          try {
            return await requestParser(readable);
          } catch (error) {
            if (error instanceof SyntaxError) throw unreadable(error);
            throw hasHungUp(error) ? new AbandonedError() : error;
          }
        });
      }
    },
  };
}

/** As Node says it of a request whose connection has closed. */
function hasHungUp(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

function unreadable({ message }: SyntaxError): GraphQLError {
  return new GraphQLError(`variables and extensions are JSON objects: ${message}`, {
    extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
  });
}
