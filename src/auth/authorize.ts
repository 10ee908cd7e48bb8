import type { JournalSides } from '../domain/journal.ts';
import { CodedError } from '../errors/CodedError.ts';

import type { Principal } from './principal.ts';

/** Something that requires authorization. */
export type Action =
  | { kind: 'read' }
  | { kind: 'readAccount'; accountId: string }
  | { kind: 'readJournal'; journal: JournalSides }
  | { kind: 'readTravelRule' }
  | { kind: 'createJournal'; journals: readonly JournalSides[] }
  | { kind: 'moveSymbol'; symbol: string }
  | { kind: 'deleteJournal' }
  | { kind: 'reverseJournal' }
  | { kind: 'introspect' };

/** The principal lacks a scope or an account. The message names the action, never an account. */
export class ForbiddenError extends CodedError {
  override readonly name = 'ForbiddenError';
  override readonly code = 'FORBIDDEN';
}

/** Decides what a principal may do and see. All such decisions are made here. */
export function authorize(principal: Principal, action: Action): boolean {
  const { scopes } = principal;
  switch (action.kind) {
    case 'read':
      return scopes.has('journals:read');
    case 'readAccount':
      return sees(principal, action.accountId);
    case 'readJournal':
      return seesJournal(principal, action.journal);
    case 'readTravelRule':
      return scopes.has('journals:travel-rule');
    case 'createJournal':
      return scopes.has('journals:write') && action.journals.every((journal) => mayCreate(principal, journal));
    case 'moveSymbol':
      return mayMove(principal, action.symbol);
    case 'deleteJournal':
    // The reversal also requires `createJournal`.
    case 'reverseJournal':
      return scopes.has('journals:write');
    case 'introspect':
      return scopes.has('schema:introspect');
  }
}

/** Whether the principal sees all accounts, so that no check per journal is needed. */
export function seesAllAccounts(principal: Principal): boolean {
  return principal.accounts === null;
}

/** @throws ForbiddenError if the principal may not do this */
export function assertAuthorized(principal: Principal, action: Action): void {
  if (!authorize(principal, action)) throw new ForbiddenError(`this principal may not ${phrases[action.kind]}`);
}

function sees({ accounts }: Principal, accountId: string): boolean {
  return accounts === null || accounts.has(accountId.toLowerCase());
}

function seesJournal(principal: Principal, { fromAccount, toAccount }: JournalSides): boolean {
  return sees(principal, fromAccount) || sees(principal, toAccount);
}

/** A principal can't create a journal that it could not see. */
function mayCreate(principal: Principal, journal: JournalSides): boolean {
  const { fromAccounts } = principal;
  const mayPay = fromAccounts === null || fromAccounts.has(journal.fromAccount.toLowerCase());
  return mayPay && seesJournal(principal, journal);
}

/** Caps on amounts don't apply to securities, so with such caps only listed symbols may be moved. */
function mayMove({ caps }: Principal, symbol: string): boolean {
  if (caps.symbols !== null) return caps.symbols.has(symbol.toUpperCase());
  return caps.maxAmount === null && caps.maxDailyAmount === null;
}

const phrases: Record<Action['kind'], string> = {
  read: 'read journals (scope journals:read)',
  readAccount: 'see this account',
  readJournal: 'see this journal',
  readTravelRule: 'see Travel Rule data (scope journals:travel-rule)',
  createJournal: 'create journals between these accounts (scope journals:write, and each payer in its fromAccounts)',
  moveSymbol: 'move securities of this symbol (each symbol in its symbols)',
  reverseJournal: 'reverse journals (scope journals:write)',
  deleteJournal: 'delete journals (scope journals:write)',
  introspect: 'read the schema (scope schema:introspect)',
};
