import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { restateError } from '../restateError.ts';

/** A document that can't be parsed or isn't valid is refused with a stable code, the same on every transport. */
export function useErrorCodes(): Plugin {
  return {
    onParse: () => {
      return ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError) replaceParseResult(withCode(result, 'GRAPHQL_PARSE_FAILED'));
        // The parser calls itself for every level.
        if (result instanceof RangeError) replaceParseResult(tooDeep());
      };
    },
    onValidate: () => {
      return ({ result, setResult }) => {
        const errors: readonly Error[] = result;
        if (errors.length > 0) setResult(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')));
      };
    },
  };
}

function tooDeep(): GraphQLError {
  return new GraphQLError('the document is nested too deeply', { extensions: { code: 'GRAPHQL_PARSE_FAILED' } });
}

/** A code that the error brings itself, as a scalar's does, says more. */
function withCode(error: Error, code: string): GraphQLError {
  const located = error instanceof GraphQLError ? error : new GraphQLError(error.message);
  return restateError(located, { extensions: { code, ...located.extensions } });
}
