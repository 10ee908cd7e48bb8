import { z } from 'zod';

import { accountList, payerList } from './accountList.ts';
import { createPrincipal, scopes } from './principal.ts';
import type { Principal } from './principal.ts';
import { UnauthenticatedError } from '../errors/authErrors.ts';

const claims = z.object({
  sub: z.string().min(1),
  scope: z.string().default(''),
  accounts: accountList.optional(),
  fromAccounts: payerList,
});

/**
 * Who a verified token is for. Scopes of other services are passed over; a claim that can't be read is no claim that is
 * absent, which could mean all.
 *
 * @throws UnauthenticatedError naming the claim
 */
export function principalOfClaims(payload: unknown): Principal {
  const result = claims.safeParse(payload);
  if (!result.success) {
    throw new UnauthenticatedError(`the token's claim ${String(result.error.issues[0]?.path[0])} can not be read`);
  }
  const { sub, scope, accounts, fromAccounts } = result.data;
  const words = new Set(scope.split(' '));
  const granted = scopes.filter((known) => words.has(known));
  return createPrincipal({ name: sub, scopes: granted, accounts: accounts ?? null, fromAccounts });
}
