import type { GraphQLError } from 'graphql';

/** The status and the headers that the errors of an answer cause. */
export interface ResponseHead {
  status: number;
  headers: Record<string, string>;
}

interface HttpExtension {
  /** True for a status that GraphQL over HTTP defines for `application/graphql-response+json` only. */
  spec?: boolean;
  status?: number;
  headers?: Record<string, string>;
}

/** @param isPlainJson whether the client gets `application/json`, where errors in GraphQL are answered with 200 */
export function responseHead(errors: readonly GraphQLError[], isPlainJson: boolean): ResponseHead {
  const head: ResponseHead = { status: 200, headers: {} };
  for (const { extensions } of errors) {
    const http: HttpExtension = extensions['http'] ?? {};
    const { spec = false, status = 200, headers } = http;
    Object.assign(head.headers, headers);
    if (!(spec && isPlainJson)) head.status = Math.max(head.status, status);
  }
  return head;
}
