import { authorize, assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { asUuid } from '../domain/uuid.ts';

/** An account is known by its journals: its id is enough, and no call is made. Null for what is no account's id. @throws ForbiddenError */
export function account(id: string, { principal }: OperationContext): { id: string } | null {
  assertAuthorized(principal, { kind: 'read' });
  const accountId = asUuid(id);
  return accountId !== null && authorize(principal, { kind: 'readAccount', accountId }) ? { id: accountId } : null;
}
