import { GraphQLError } from 'graphql';

import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { EngineParts } from '../operation/EngineParts.ts';
import { shortenMessage } from '../errors/copyError.ts';
import { invalidRequest } from '../errors/invalidRequest.ts';
import type { Operation } from '../operation/Operation.ts';
import { Refusal } from '../operation/Refusal.ts';

/** Most errors that are reported. */
const maxErrors = 5;

/** Reports few, short errors. graphql's own coercion would report every mistake, each with the whole value. */
export function checkVariables({ plan, variables }: Operation, { isSandbox }: EngineParts): void {
  const errors = plan.checkVariables(variables, { maxErrors, hideSuggestions: !isSandbox });
  if (errors.length > 0) throw new Refusal(errors.map(shorten));
}

function shorten({ message, nodes = [], originalError }: GraphQLError): GraphQLError {
  // A scalar's own code is more specific.
  const extensions = { http: invalidRequest, ...(originalError instanceof GraphQLError && originalError.extensions) };
  return codedGraphQLError('BAD_USER_INPUT', shortenMessage(message), { nodes, extensions });
}
