import type { IncomingMessage } from 'node:http';

import { AbandonedError } from '../../errors/cancellation.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
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
  if (encoding.toLowerCase() !== 'identity') throw refusal('BAD_REQUEST', 415, 'the body may not be compressed');
  const text = (await readBytes(request, maxRequestBytes)).toString('utf8');
  await parseQueue.waitTurn(text.length);
  try {
    return readRequestJson(text, maxTokens);
  } catch (error) {
    throw error instanceof SyntaxError ? refusal('BAD_REQUEST', 400, `expected JSON: ${error.message}`) : error;
  }
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // The response to a body that is too large needs the connection.
  const body = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  try {
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes > maxBytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw new AbandonedError();
  }
  if (bytes <= maxBytes) return Buffer.concat(chunks);
  throw refusal('REQUEST_ENTITY_TOO_LARGE', 413, `the body may have ${maxBytes} bytes`);
}

function refusal(code: 'BAD_REQUEST' | 'REQUEST_ENTITY_TOO_LARGE', status: number, message: string) {
  // What is left of the body would delay the next request.
  return codedGraphQLError(code, message, { http: { status, headers: { connection: 'close' } } });
}
