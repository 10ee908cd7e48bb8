import { GraphQLError } from 'graphql';
import type { GraphQLErrorOptions } from 'graphql';

import type { ErrorCode } from './errorCodes.ts';

export interface CodedGraphQLErrorOptions extends Omit<GraphQLErrorOptions, 'extensions'> {
  /** The extensions that a client sees besides the code. */
  extensions?: Record<string, unknown>;
  /** Status and headers of the response if the error is sent over HTTP. */
  http?: { status: number; headers?: Record<string, string> };
}

/** Creates an error about a request, before or outside of its execution. */
export function codedGraphQLError(
  code: ErrorCode,
  message: string,
  { extensions, http, ...options }: CodedGraphQLErrorOptions = {},
): GraphQLError {
  return new GraphQLError(message, { ...options, extensions: { code, ...extensions, ...(http && { http }) } });
}
