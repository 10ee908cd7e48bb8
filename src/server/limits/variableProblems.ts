import { GraphQLError, getOperationAST, getVariableValues } from 'graphql';
import type { ExecutionArgs } from 'graphql';

import { shortMessage } from '../errors/shortMessage.ts';

/** How many of them are told. */
const maxErrors = 5;

/** As GraphQL over HTTP has it; those who ask for plain JSON find it in the body alone. */
const http = { spec: true, status: 400 };

/** What is wrong with the variables of a valid operation; nothing where they hold. */
export function variableProblems(
  { schema, document, operationName, variableValues }: ExecutionArgs,
  suggests: boolean,
): GraphQLError[] {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  const options = { maxErrors, hideSuggestions: !suggests };
  const { errors = [] } = getVariableValues(schema, definitions, { ...variableValues }, options);
  return errors.map(
    ({ message, nodes = null, originalError }) =>
      new GraphQLError(shortMessage(message), {
        nodes,
        // A scalar's own code says more.
        extensions: {
          code: 'BAD_USER_INPUT',
          http,
          ...(originalError instanceof GraphQLError && originalError.extensions),
        },
      }),
  );
}
