import { GraphQLError } from 'graphql';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import { shortenMessage } from '../errors/copyError.ts';
import { invalidRequest } from '../errors/invalidRequest.ts';
import type { Operation } from '../operation/Operation.ts';
import { Refusal } from '../answers/Refusal.ts';

/** Reports a few short errors. By default, graphql-js reports every mistake, each with the whole value. */
export function checkVariables(operation: Operation): void {
  const variables = operation.plan.coerceVariables(operation.parameters.variables ?? {});
  if ('errors' in variables) throw new Refusal(variables.errors.map(shorten));
  operation.variables = variables;
}

function shorten({ message, nodes = [], originalError }: GraphQLError): GraphQLError {
  // If a scalar threw the error, the error code of the scalar replaces the general one.
  const extensions = { http: invalidRequest, ...(originalError instanceof GraphQLError && originalError.extensions) };
  return codedGraphQLError('BAD_USER_INPUT', shortenMessage(message), { nodes, extensions });
}
