import { authorize, assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { asUuid } from '../domain/uuid.ts';

/**
 * Looks up an account without an API call, since an account has only its ID and its journals. Returns null if the ID is
 * not a UUID or the principal may not read the account.
 *
 * @throws ForbiddenError
 */
export function account(id: string, { principal }: OperationContext): { id: string } | null {
  assertAuthorized(principal, { kind: 'read' });
  const accountId = asUuid(id);
  return accountId !== null && authorize(principal, { kind: 'readAccount', accountId }) ? { id: accountId } : null;
}
