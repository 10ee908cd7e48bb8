import { GraphQLError } from 'graphql';
import type { validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { codedGraphQLError } from '../../../errors/codedGraphQLError.ts';
import type { ErrorCode } from '../../../errors/errorCodes.ts';

import { shortenMessage } from '../../errors/copyError.ts';
import { validateDocument } from './validateDocument.ts';

/** Most locations of an error. Two hundred conflicting fields would give it as many. */
const maxLocations = 10;

/**
 * Validates documents, and adds a code to the errors of parsing and validation.
 *
 * @param suggests whether errors may suggest names of the schema
 */
export function useErrorCodes({ suggests }: { suggests: boolean }): Plugin {
  return {
    onParse: () => {
      return ({ result, replaceParseResult }) => {
        if (result instanceof GraphQLError) replaceParseResult(withCode(result, 'GRAPHQL_PARSE_FAILED'));
      };
    },
    onValidate: ({ setValidationFn }) => {
      const validateWith: typeof validate = (schema, document, rules) =>
        validateDocument(schema, document, rules, suggests);
      setValidationFn(validateWith);
      return ({ result, setResult }) => {
        const errors: readonly Error[] = result;
        if (errors.length > 0) setResult(errors.map((error) => withCode(error, 'GRAPHQL_VALIDATION_FAILED')));
      };
    },
  };
}

/** Keeps the code of an error that has one, such as a scalar's. */
function withCode(error: Error, code: ErrorCode): GraphQLError {
  const located = error instanceof GraphQLError ? error : new GraphQLError(error.message);
  const { nodes, source = null, positions = null, originalError = null, extensions } = located;
  const location = nodes ? { nodes: nodes.slice(0, maxLocations) } : { source, positions };
  return codedGraphQLError(code, shortenMessage(located.message), { ...location, originalError, extensions });
}
