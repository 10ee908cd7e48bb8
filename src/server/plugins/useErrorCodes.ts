import { GraphQLError, validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { restateError } from '../restateError.ts';
import { shortMessage } from '../shortMessage.ts';

/** What is wrong with a document is told that often; who has made more mistakes reads no list of a hundred. */
const maxErrors = 20;

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
    onValidate: ({ setValidationFn }) => {
      const options = { maxErrors, hideSuggestions: !suggests };
      const validateBriefly: typeof validate = (schema, document, rules) => validate(schema, document, rules, options);
      setValidationFn(validateBriefly);
      return ({ result, setResult }) => {
        const errors: readonly Error[] = result;
        if (errors.length > 0) setResult(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')));
      };
    },
  };
}

/** A code that the error brings itself, as a scalar's does, says more. */
function withCode(error: Error, code: string): GraphQLError {
  const located = error instanceof GraphQLError ? error : new GraphQLError(error.message);
  return restateError(located, {
    message: shortMessage(located.message),
    extensions: { code, ...located.extensions },
  });
}
