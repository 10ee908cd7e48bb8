import type { JournalSides } from '../domain/journal.ts';

import type { Principal } from './principal.ts';

/** What an operation is about to do or to show. */
export type Action =
  | { kind: 'read' }
  | { kind: 'readAccount'; accountId: string }
  | { kind: 'readJournal'; journal: JournalSides }
  | { kind: 'readTravelRule' }
  | { kind: 'createJournal'; fromAccounts: readonly string[] }
  | { kind: 'deleteJournal' };

/** The principal lacks a scope or an account for what it asked; the message says which kind, never whose. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';
}

/** The one place that decides what a principal may do and see. */
export function authorize(principal: Principal, action: Action): boolean {
  const { scopes, accounts, fromAccounts } = principal;
  switch (action.kind) {
    case 'read':
      return scopes.has('journals:read');
    case 'readAccount':
      return accounts === null || accounts.has(action.accountId);
    case 'readJournal':
      return accounts === null || accounts.has(action.journal.fromAccount) || accounts.has(action.journal.toAccount);
    case 'readTravelRule':
      return scopes.has('journals:travel-rule');
    case 'createJournal':
      return (
        scopes.has('journals:write') &&
        (fromAccounts === null || action.fromAccounts.every((account) => fromAccounts.has(account)))
      );
    case 'deleteJournal':
      return scopes.has('journals:write');
  }
}

/** True when no account is hidden from the principal: what a check per journal would cost can be saved. */
export function seesAllAccounts(principal: Principal): boolean {
  return principal.accounts === null;
}

/** @throws ForbiddenError when the principal may not */
export function demand(principal: Principal, action: Action): void {
  if (!authorize(principal, action)) throw new ForbiddenError(`this principal may not: ${phrases[action.kind]}`);
}

const phrases: Record<Action['kind'], string> = {
  read: 'read journals (scope journals:read)',
  readAccount: 'see this account',
  readJournal: 'see this journal',
  readTravelRule: 'see Travel Rule data (scope journals:travel-rule)',
  createJournal: 'create journals (scope journals:write) from every account named',
  deleteJournal: 'delete journals (scope journals:write)',
};
