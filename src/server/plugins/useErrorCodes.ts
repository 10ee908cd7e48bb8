import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { restateError } from '../restateError.ts';
import { withoutSuggestions } from '../withoutSuggestions.ts';

/**
 * A document that can't be parsed or isn't valid is refused with a stable code, the same on every transport.
 *
 * @param suggests the errors may name what there is instead
 */
export function useErrorCodes({ suggests }: { suggests: boolean }): Plugin {
  return {
    onParse: () => {
      return ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError) replaceParseResult(withCode(result, 'GRAPHQL_PARSE_FAILED'));
      };
    },
    onValidate: () => {
      return ({ result, setResult }) => {
        const errors: readonly Error[] = result;
        if (errors.length === 0) return;
        const coded = errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED'));
        setResult(suggests ? coded : coded.map(withoutSuggestions));
      };
    },
  };
}

/** A code that the error brings itself, as a scalar's does, says more. */
function withCode(error: Error, code: string): GraphQLError {
  const located = error instanceof GraphQLError ? error : new GraphQLError(error.message);
  return restateError(located, { extensions: { code, ...located.extensions } });
}
