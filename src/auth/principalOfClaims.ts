import { z } from 'zod';

import { capsFields } from './caps.ts';
import { accountList, createPrincipal, payerList, scopes } from './principal.ts';
import type { Principal } from './principal.ts';
import { UnauthenticatedError } from '../errors/authErrors.ts';

const claims = z.object({
  sub: z.string().min(1),
  scope: z.string().default(''),
  accounts: accountList.optional(),
  fromAccounts: payerList,
  ...capsFields,
});

/**
 * Returns the principal of a verified token. Scopes of other services are ignored. An invalid claim is refused:
 * treating it as absent could grant all accounts.
 *
 * @throws UnauthenticatedError that names the claim
 */
export function principalOfClaims(payload: unknown): Principal {
  const result = claims.safeParse(payload);
  if (!result.success) {
    throw new UnauthenticatedError(`the claim ${String(result.error.issues[0]?.path[0])} of the token is invalid`);
  }
  const { sub, scope, accounts, ...grant } = result.data;
  const listed = new Set(scope.split(' '));
  const granted = scopes.filter((each) => listed.has(each));
  return createPrincipal({ ...grant, name: sub, scopes: granted, accounts: accounts ?? null });
}
