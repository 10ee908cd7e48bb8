import type { EngineParts } from '../operation/EngineParts.ts';
import type { Operation } from '../operation/Operation.ts';

export function limitRate({ session }: Operation, { principalLimits }: EngineParts): void {
  principalLimits.countOperation(session.principal.name);
}
