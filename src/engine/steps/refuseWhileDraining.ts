import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

/** During a shutdown, clients may still send operations on open connections. */
export function refuseWhileDraining(_operation: Operation, { running }: EngineParts): void {
  if (!running.isDraining) return;
  const message = 'the gateway is shutting down and did not start this operation: send it again';
  throw codedGraphQLError('SHUTTING_DOWN', message, { http: { status: 503 } });
}
