import { authorize } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import type { JournalSides } from '../../domain/journal.ts';
import { IdempotencyConflictError } from '../../errors/refusals.ts';

/**
 * Checks that the principal may see the journals in a response. If the key was used before, the API returns the
 * journals of the first request. If these are between accounts of other principals, the client learns only that the key
 * was used.
 *
 * @throws IdempotencyConflictError
 */
export function assertVisible(
  answered: readonly JournalSides[],
  idempotencyKey: string,
  { principal }: OperationContext,
): void {
  if (answered.every((journal) => authorize(principal, { kind: 'readJournal', journal }))) return;
  throw new IdempotencyConflictError(
    { message: 'this idempotency key was already used with another input' },
    idempotencyKey,
  );
}
