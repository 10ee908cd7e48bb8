import { seesAllAccounts } from './authorize.ts';
import type { Principal } from './principal.ts';

/** A filter on the accounts of a journal. A missing side does not filter. */
export interface Sides {
  fromAccount?: string | undefined;
  toAccount?: string | undefined;
}

/** Above this many accounts, the gateway lists all journals and filters them itself. */
const maxFilteredAccounts = 50;

/**
 * Restricts filters to the principal's own accounts. A filter for other accounts only is dropped, so that a guessed
 * account takes the same time and gives the same result as one that does not exist.
 */
export function restrictToOwnAccounts(principal: Principal, sides: readonly Sides[]): readonly Sides[] {
  const { accounts } = principal;
  if (accounts === null) return sides;
  const isOwn = (id: string | undefined) => id !== undefined && accounts.has(id.toLowerCase());
  return sides.flatMap((side) => {
    if (isOwn(side.fromAccount) || isOwn(side.toAccount)) return [side];
    return [...accounts].flatMap((own) => [
      ...(side.fromAccount === undefined ? [{ ...side, fromAccount: own }] : []),
      ...(side.toAccount === undefined ? [{ ...side, toAccount: own }] : []),
    ]);
  });
}

/** Returns the filters to send to the API. The gateway checks the results again. */
export function upstreamFilters(principal: Principal, sides: readonly Sides[]): readonly Sides[] {
  const isMany = !seesAllAccounts(principal) && sides.length > 2 * maxFilteredAccounts;
  return isMany ? [{}] : sides;
}
