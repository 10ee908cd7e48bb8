import { authorize, assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';

/**
 * Travel Rule data, for those who may see it. For everyone else it is null on every row, where there is some and where
 * there is none, and the field is refused once in a result.
 *
 * @throws ForbiddenError
 */
export function travelRule<Value>(
  field: string,
  value: Value | null,
  { principal, refusedFields }: OperationContext,
): Value | null {
  const action = { kind: 'readTravelRule' } as const;
  if (authorize(principal, action)) return value;
  if (refusedFields.has(field)) return null;
  refusedFields.add(field);
  assertAuthorized(principal, action);
  return null;
}
