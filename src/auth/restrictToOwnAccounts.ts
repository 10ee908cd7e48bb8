import { seesAllAccounts } from './authorize.ts';
import type { Principal } from './principal.ts';

/** What a list asks of a journal's sides; absent doesn't ask. */
export interface Sides {
  fromAccount?: string | undefined;
  toAccount?: string | undefined;
}

/** With more accounts than this the API is asked for the journals of all accounts rather than for each one's. */
const maxAsked = 50;

/**
 * The sides that a principal may ask the API for: what is between others is neither read nor paid for in time, so that
 * a guess at another's account costs and brings exactly what one at a missing account does.
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

/** What the API is asked for to find them; everything is checked again. */
export function upstreamFilters(principal: Principal, sides: readonly Sides[]): readonly Sides[] {
  const isMany = !seesAllAccounts(principal) && sides.length > 2 * maxAsked;
  return isMany ? [{}] : sides;
}
