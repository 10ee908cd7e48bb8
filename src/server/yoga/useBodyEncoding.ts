import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { withoutBom } from '../../domain/readJson.ts';
import { AbandonedError } from '../../errors/cancellation.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import { isUtf8, parseMediaType } from '../http/mediaTypes.ts';

/**
 * Refuses bodies that are compressed or in another charset than UTF-8: Yoga reads every body as plain UTF-8, so a
 * description could be stored garbled. Also turns two errors that Yoga would mask into the client's own: JSON in a URL or
 * form that can't be parsed, and a connection that was closed in the middle of a body.
 */
export function useBodyEncoding(): Plugin {
  return {
    onRequestParse: ({ request, requestParser, setRequestParser, endResponse, fetchAPI }) => {
      const problem = encodingProblem(request);
      if (problem) {
        const headers = { 'accept-encoding': 'identity' };
        endResponse(new fetchAPI.Response(`${problem}\n`, { status: 415, headers }));
      } else if (requestParser) {
        setRequestParser(async (sent) => {
          try {
            return await requestParser(skipBom(sent));
          } catch (error) {
            if (error instanceof SyntaxError) throw malformedJson(error);
            throw isConnectionReset(error) ? new AbandonedError() : error;
          }
        });
      }
    },
  };
}

function encodingProblem({ method, headers }: Request): string | null {
  if (method === 'GET') return null;
  const charset = parseMediaType(headers.get('content-type') ?? '')?.params.get('charset');
  if (charset && !isUtf8(charset)) return `charset is ${charset}, expected utf-8`;
  const encoding = headers.get('content-encoding')?.trim() || 'identity';
  return encoding.toLowerCase() === 'identity' ? null : `content-encoding is ${encoding}, expected none`;
}

function skipBom(request: Request): Request {
  const text = request.text.bind(request);
  request.text = async () => withoutBom(await text());
  return request;
}

function isConnectionReset(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ECONNRESET';
}

function malformedJson({ message }: SyntaxError): GraphQLError {
  const expectation = `variables and extensions must be JSON objects: ${message}`;
  return codedGraphQLError('BAD_REQUEST', expectation, { http: { status: 400 } });
}
