import type { IncomingMessage } from 'node:http';

import { AbandonedError } from '../../errors/cancellation.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import { readBody } from '../http/readBody.ts';
import type { ParseQueue } from '../limits/ParseQueue.ts';
import { readRequestJson } from '../limits/readRequestJson.ts';

export interface JsonBodyLimits {
  maxRequestBytes: number;
  maxTokens: number;
  parseQueue: ParseQueue;
}

/** Reads a JSON body within the limits of every request, without rounding numbers. @throws GraphQLError */
export async function readJsonBody(
  request: IncomingMessage,
  { maxRequestBytes, maxTokens, parseQueue }: JsonBodyLimits,
): Promise<unknown> {
  const encoding = request.headers['content-encoding']?.trim() || 'identity';
  if (encoding.toLowerCase() !== 'identity') throw refusal(415, 'the body may not be compressed');
  const body = await readBody(request, maxRequestBytes);
  if (!body) throw new AbandonedError();
  await parseQueue.waitTurn(body.length);
  try {
    return readRequestJson(body.toString('utf8'), maxTokens);
  } catch (error) {
    throw error instanceof SyntaxError ? refusal(400, `expected JSON: ${error.message}`) : error;
  }
}

function refusal(status: number, message: string) {
  // What is left of the body would delay the next request.
  return codedGraphQLError('BAD_REQUEST', message, { http: { status, headers: { connection: 'close' } } });
}
