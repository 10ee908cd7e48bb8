import { GraphQLError, getOperationAST, getVariableValues } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { codedGraphQLError } from '../../../errors/codedGraphQLError.ts';

import { shortenMessage } from '../../errors/copyError.ts';
import { useOperationCheck } from './useOperationCheck.ts';

/** Most errors that are reported. */
const maxErrors = 5;

/** GraphQL over HTTP: with `spec`, Yoga uses the status only if the client accepts `application/graphql-response+json`. */
const http = { spec: true, status: 400 };

/**
 * Refuses invalid variables with few, short errors. graphql's own coercion would report every mistake, each with the whole
 * value.
 *
 * @param suggests whether errors may suggest names of the schema
 */
export function useVariables({ suggests }: { suggests: boolean }): Plugin {
  return useOperationCheck(({ schema, document, operationName, variableValues }) => {
    const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
    const options = { maxErrors, hideSuggestions: !suggests };
    const { errors = [] } = getVariableValues(schema, definitions, { ...variableValues }, options);
    return errors.map(({ message, nodes = null, originalError }) => {
      // A scalar's own code is more specific.
      const extensions = { http, ...(originalError instanceof GraphQLError && originalError.extensions) };
      return codedGraphQLError('BAD_USER_INPUT', shortenMessage(message), { nodes, extensions });
    });
  });
}
