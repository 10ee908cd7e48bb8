import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function releaseHolds(operation: Operation, { principalLimits, running }: EngineParts): void {
  const { session, request, plan, lifetime } = operation;
  if (operation.isConcurrent) principalLimits.end(session.principal.name);
  if (operation.isRunning) running.release(request.client.runningKey);
  if (operation.isRefused || plan.kind !== 'subscription') lifetime.end();
}
