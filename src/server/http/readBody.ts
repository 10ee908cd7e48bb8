import type { IncomingMessage } from 'node:http';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

/**
 * Reads the body of a request.
 *
 * @returns null if the client disconnected before the end of the body
 * @throws GraphQLError when the body has more than `maxBytes`
 */
export function readBody(request: IncomingMessage & { body?: Buffer }, maxBytes: number): Promise<Buffer | null> {
  // `peekAndShedQuery` may have read the body already.
  if (request.body) return Promise.resolve(request.body);
  // The client has disconnected already: no event follows.
  if (request.destroyed) return Promise.resolve(null);
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) reject(tooLarge());
      else chunks.push(chunk);
    });
    request.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    request.on('error', () => resolve(null));
  });
}

function tooLarge() {
  return codedGraphQLError('REQUEST_ENTITY_TOO_LARGE', 'Request body too large', { http: { status: 413 } });
}
