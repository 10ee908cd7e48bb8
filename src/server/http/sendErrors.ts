import type { GraphQLError } from 'graphql';
import type { ServerResponse } from 'node:http';

import { errorJson } from '../../engine/errors/copyError.ts';

interface HttpExtension {
  status?: number;
  headers?: Record<string, string>;
}

/** Statuses of errors that are answered with 200 in a GraphQL response. All others are 500. */
const statuses: Readonly<Record<string, number>> = {
  BAD_USER_INPUT: 400,
  FORBIDDEN: 403,
  TOO_MANY_JOURNALS: 422,
  UPSTREAM_UNAVAILABLE: 503,
  RATE_LIMITED: 503,
  UPSTREAM_CREDENTIALS_REFUSED: 502,
  UPSTREAM_REFUSED: 502,
  UPSTREAM_CONTRACT_BROKEN: 502,
  DEADLINE_EXCEEDED: 504,
};

/** Answers a request with errors only, in the form of a GraphQL response. */
export function sendErrors(response: ServerResponse, errors: readonly GraphQLError[]): void {
  const [first] = errors;
  const { status, headers = {} } = (first?.extensions['http'] ?? {}) as HttpExtension;
  const body = JSON.stringify({ errors: errors.map(errorJson) });
  response.writeHead(status ?? statuses[String(first?.extensions['code'])] ?? 500, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...headers,
  });
  response.end(body);
}
