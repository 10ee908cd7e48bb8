import type { EngineParts } from '../EngineParts.ts';
import type { Operation } from '../Operation.ts';

export function limitRate({ session }: Operation, { principalLimits }: EngineParts): void {
  principalLimits.countOperation(session.principal.name);
}
