import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function limitConcurrency({ plan, session, holds }: Operation, { principalLimits }: EngineParts): void {
  if (plan.kind !== 'subscription') holds.push(principalLimits.begin(session.principal.name));
}
