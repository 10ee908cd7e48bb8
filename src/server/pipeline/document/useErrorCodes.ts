import { GraphQLError } from 'graphql';
import type { validate } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { validateBriefly } from '../../limits/validateBriefly.ts';
import { shortMessage } from '../../errors/shortMessage.ts';

/** An error says where: one of two hundred fields that contradict each other names as many places. */
const maxPlaces = 10;

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
      const briefly: typeof validate = (schema, document, rules) => validateBriefly(schema, document, rules, suggests);
      setValidationFn(briefly);
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
  const { nodes, source = null, positions = null, originalError = null } = located;
  return new GraphQLError(shortMessage(located.message), {
    ...(nodes ? { nodes: nodes.slice(0, maxPlaces) } : { source, positions }),
    originalError,
    extensions: { code, ...located.extensions },
  });
}
