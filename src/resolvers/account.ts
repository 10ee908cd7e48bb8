import { authorize, assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { asUuid } from '../domain/uuid.ts';

/** Takes no call, since an account has only its id and its journals. Null if the id is no UUID. @throws ForbiddenError */
export function account(id: string, { principal }: OperationContext): { id: string } | null {
  assertAuthorized(principal, { kind: 'read' });
  const accountId = asUuid(id);
  return accountId !== null && authorize(principal, { kind: 'readAccount', accountId }) ? { id: accountId } : null;
}
