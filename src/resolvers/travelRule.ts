import { demand } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';

/** Travel Rule data is shown to those who may see it; where there is none, nobody is refused. @throws ForbiddenError */
export function travelRule<Value>(value: Value | null, { principal }: OperationContext): Value | null {
  if (value !== null) demand(principal, { kind: 'readTravelRule' });
  return value;
}
