import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { AbandonedError } from '../../../errors/cancellation.ts';
import { withoutBom } from '../../../domain/withoutBom.ts';

import { isUtf8 } from './isUtf8.ts';
import { mediaTypeOf } from './mediaTypeOf.ts';

/**
 * Refuses what would be misread. Bodies are read as UTF-8 and as they are, whatever they say: in another charset, a
 * description would be stored as other words. And Yoga takes `variables` of a URL or form that are no JSON, and clients
 * that go away in the middle of what they say, for errors of its own.
 */
export function useReadableRequests(): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser, endResponse, fetchAPI }) => {
      const encoded = unreadableBody(request);
      if (encoded) {
        endResponse(new fetchAPI.Response(`${encoded}\n`, { status: 415, headers: { 'accept-encoding': 'identity' } }));
      } else if (requestParser) {
        setRequestParser(async (readable) => {
          try {
            return await requestParser(unmarked(readable));
          } catch (error) {
            if (error instanceof SyntaxError) throw unreadable(error);
            throw hasHungUp(error) ? new AbandonedError() : error;
          }
        });
      }
    },
  };
}

/** Why a body can't be read; null when it can. */
function unreadableBody({ method, headers }: Request): string | null {
  if (method === 'GET') return null;
  const charset = mediaTypeOf(headers.get('content-type') ?? '')?.params.get('charset');
  if (charset && !isUtf8(charset)) return `charset is ${charset}, expected utf-8`;
  const encoding = headers.get('content-encoding')?.trim() || 'identity';
  return encoding.toLowerCase() === 'identity' ? null : `content-encoding is ${encoding}, expected none`;
}

/** Its text without a byte order mark. */
function unmarked(request: Request): Request {
  const text = request.text.bind(request);
  request.text = async () => withoutBom(await text());
  return request;
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
