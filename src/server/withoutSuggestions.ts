import type { GraphQLError } from 'graphql';

import { restateError } from './restateError.ts';

/** The error without what graphql would suggest instead: names of the schema, to be had by guessing. */
export function withoutSuggestions(error: GraphQLError): GraphQLError {
  const message = error.message.replace(/ ?Did you mean [^?]*\?/g, '');
  return message === error.message ? error : restateError(error, { message, extensions: error.extensions });
}
