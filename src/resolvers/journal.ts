import { assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { BadUserInputError } from '../errors/BadUserInputError.ts';
import type { Journal } from '../domain/journal.ts';
import { asUuid } from '../domain/uuid.ts';

/** The journal of that id; null when there is none, or none that the principal may see. @throws ForbiddenError | Fault */
export async function journal(id: string, context: OperationContext): Promise<Journal | null> {
  assertAuthorized(context.principal, { kind: 'read' });
  const uuid = asUuid(id);
  return uuid === null ? null : context.journalLoader.load(uuid);
}

export const maxIds = 100;

/** Each id's journal or null, in order; one that can't be read leaves the others alone. @throws BadUserInputError | ForbiddenError */
export function journalsByIds(ids: readonly string[], context: OperationContext): Promise<Journal | null>[] {
  // Once, not once for each id.
  assertAuthorized(context.principal, { kind: 'read' });
  if (ids.length > maxIds) throw new BadUserInputError(`ids has ${ids.length} entries, at most ${maxIds}`);
  return ids.map((id) => journal(id, context));
}
