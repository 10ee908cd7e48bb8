import { authorize } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import type { JournalSides } from '../../domain/journal.ts';
import { IdempotencyConflictError } from '../../errors/refusals.ts';

/**
 * What a create or a batch was answered with has the sides that were asked for, and those were the principal's to see.
 * A journal between others is what a used key was first sent for: the answer says no more than that it was used.
 *
 * @throws IdempotencyConflictError
 */
export function assertVisible(
  answered: readonly JournalSides[],
  idempotencyKey: string,
  { principal }: OperationContext,
): void {
  if (answered.every((journal) => authorize(principal, { kind: 'readJournal', journal }))) return;
  const message = 'this idempotency key was used before, with another input';
  throw new IdempotencyConflictError({ message, requestId: null, upstreamCode: null }, idempotencyKey);
}
