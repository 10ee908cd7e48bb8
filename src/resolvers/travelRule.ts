import { authorize, assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';

/**
 * Returns Travel Rule data if the principal may see it. If not, the field is null on every journal, whether or not the
 * journal has such data, and the result has one error per field.
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
