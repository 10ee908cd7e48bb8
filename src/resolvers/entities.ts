import { assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { journalTypeName } from '../domain/journal.ts';
import type { Journal } from '../domain/journal.ts';
import { assertAtMost } from '../errors/BadUserInputError.ts';

import { account } from './account.ts';
import { journal } from './journal.ts';

/** An object as the router of a supergraph refers to it. */
export interface EntityReference {
  typename: string;
  id: string;
}

/** The same as the largest page size, so that a router can resolve a page of a different subgraph in one request. */
const maxEntities = 500;

/**
 * Resolves each reference to an object or null, in order, with the same rights as `account` and `journal`. A failed
 * read affects only its own entry.
 *
 * @throws BadUserInputError | ForbiddenError
 */
export function entities(
  references: readonly EntityReference[],
  context: OperationContext,
): Promise<{ id: string } | Journal | null>[] {
  // Fails the whole field, not every entry.
  assertAuthorized(context.principal, { kind: 'read' });
  assertAtMost(maxEntities, 'representations', references);
  return references.map(async ({ typename, id }) => {
    if (typename === 'Account') return account(id, context);
    const found = await journal(id, context);
    return found && (typename === 'Journal' || typename === journalTypeName(found)) ? found : null;
  });
}
