import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function limitConcurrency(operation: Operation, { principalLimits }: EngineParts): void {
  if (operation.plan.kind === 'subscription') return;
  principalLimits.begin(operation.session.principal.name);
  operation.isConcurrent = true;
}
