import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { Operation } from '../operation/Operation.ts';

export function chooseOperation(operation: Operation): void {
  const { document, parameters, request } = operation;
  const plan = document.operation(parameters.operationName);
  if (!plan) {
    const message = 'Could not determine what operation to execute.';
    throw codedGraphQLError('OPERATION_RESOLUTION_FAILURE', message, { http: { status: 400 } });
  }
  if (plan.kind === 'mutation' && !request.client.mayWrite) {
    const message = 'Can only perform a mutation operation from a POST request.';
    throw codedGraphQLError('BAD_REQUEST', message, { http: { status: 405, headers: { allow: 'POST' } } });
  }
  operation.plan = plan;
}
