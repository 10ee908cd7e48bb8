import { GraphQLError } from 'graphql';
import type { GraphQLErrorOptions } from 'graphql';

import type { ErrorCode } from './errorCodes.ts';

export interface CodedGraphQLErrorOptions extends Omit<GraphQLErrorOptions, 'extensions'> {
  /** What a client sees beside the code. */
  extensions?: Record<string, unknown>;
  /** Status and headers of the response, where the error is answered over HTTP. */
  http?: { status: number; headers?: Record<string, string> };
}

/** An error about a request, before or outside of its execution. */
export function codedGraphQLError(
  code: ErrorCode,
  message: string,
  { extensions, http, ...options }: CodedGraphQLErrorOptions = {},
): GraphQLError {
  return new GraphQLError(message, { ...options, extensions: { code, ...extensions, ...(http && { http }) } });
}
