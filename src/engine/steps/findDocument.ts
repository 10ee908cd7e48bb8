import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { EngineParts } from '../operation/EngineParts.ts';
import { invalidRequest } from '../errors/invalidRequest.ts';
import type { Operation } from '../operation/Operation.ts';

export function findDocument(operation: Operation, { documents }: EngineParts): void {
  const text = documents.textOf(operation.parameters);
  if (text === undefined) {
    const http = { ...invalidRequest, headers: { allow: 'GET, POST' } };
    throw codedGraphQLError('BAD_REQUEST', 'Must provide query string.', { http });
  }
  operation.text = text;
}
