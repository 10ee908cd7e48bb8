import { assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { assertAtMost } from '../errors/BadUserInputError.ts';
import type { Journal } from '../domain/journal.ts';
import { asUuid } from '../domain/uuid.ts';

/** Loads a journal; null if it does not exist or the principal may not see it. @throws ForbiddenError | Fault */
export async function journal(id: string, context: OperationContext): Promise<Journal | null> {
  assertAuthorized(context.principal, { kind: 'read' });
  const uuid = asUuid(id);
  return uuid === null ? null : context.journalLoader.load(uuid);
}

export const maxIds = 100;

/**
 * Loads a journal or null for each id, in order. A failed read affects only its own entry.
 *
 * @throws BadUserInputError | ForbiddenError
 */
export function journalsByIds(ids: readonly string[], context: OperationContext): Promise<Journal | null>[] {
  // Fails the whole field, not every entry.
  assertAuthorized(context.principal, { kind: 'read' });
  assertAtMost(maxIds, 'ids', ids);
  return ids.map((id) => journal(id, context));
}
