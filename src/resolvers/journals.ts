import { assertAuthorized } from '../auth/authorize.ts';
import { restrictToOwnAccounts } from '../auth/restrictToOwnAccounts.ts';
import type { OperationContext } from '../context.ts';
import { utcDay } from '../domain/calendarDate.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';
import { progressOf } from '../domain/journal.ts';
import type { JournalEntryType, JournalStatus } from '../domain/journal.ts';
import { asUuid } from '../domain/uuid.ts';
import { readJournalSlice } from '../loaders/readJournalSlice.ts';
import type { JournalSelection } from '../loaders/readJournalSlice.ts';

import { connectionWindow } from './paging/connectionWindow.ts';
import type { JournalPage } from './paging/connectionWindow.ts';
import type { ConnectionArguments } from './paging/pageArguments.ts';

interface CommonFilter {
  createdAfter?: CalendarDate | null | undefined;
  createdBefore?: CalendarDate | null | undefined;
  status?: readonly JournalStatus[] | null | undefined;
  entryType?: JournalEntryType | null | undefined;
}

export interface JournalFilter extends CommonFilter {
  fromAccount?: string | null | undefined;
  toAccount?: string | null | undefined;
}

interface AccountJournalFilter extends CommonFilter {
  direction?: 'INCOMING' | 'OUTGOING' | null | undefined;
}

interface Arguments<Filter> extends ConnectionArguments {
  filter?: Filter | null | undefined;
}

/** Reads a page of the journals of all accounts, newest first. @throws BadUserInputError | ForbiddenError | Fault */
export function journals(args: Arguments<JournalFilter>, context: OperationContext): Promise<JournalPage> {
  return page(args, selectionOf(args.filter ?? {}), context);
}

/** Returns what a filter selects among the journals of all accounts. */
export function selectionOf({ fromAccount, toAccount, ...filter }: JournalFilter): JournalSelection {
  const from = fromAccount == null ? undefined : asUuid(fromAccount);
  const to = toAccount == null ? undefined : asUuid(toAccount);
  // A value that is not a UUID matches nothing and is never sent to the API.
  return { ...filter, sides: from === null || to === null ? [] : [{ fromAccount: from, toAccount: to }] };
}

/** Reads a page of the journals into and out of one account. @throws the same errors as `journals` */
export function accountJournals(
  account: { id: string },
  args: Arguments<AccountJournalFilter>,
  context: OperationContext,
): Promise<JournalPage> {
  const { direction, ...filter } = args.filter ?? {};
  const sides = [
    ...(direction === 'INCOMING' ? [] : [{ fromAccount: account.id }]),
    ...(direction === 'OUTGOING' ? [] : [{ toAccount: account.id }]),
  ];
  // The id of a journal's account comes from the API and may not be a UUID.
  return page(args, { ...filter, sides: asUuid(account.id) === null ? [] : sides }, context);
}

async function page(
  args: ConnectionArguments,
  { sides, ...filter }: JournalSelection,
  context: OperationContext,
): Promise<JournalPage> {
  assertAuthorized(context.principal, { kind: 'read' });
  const selection = { ...filter, sides: restrictToOwnAccounts(context.principal, sides) };
  const reader = { shared: context.parts.sharedReads, principal: context.principal, signal: context.signal };
  const connection = await connectionWindow(
    args,
    (bounds) => readJournalSlice(reader, selection, bounds),
    { oldest: selection.createdAfter ?? null, newest: selection.createdBefore ?? null },
    { today: utcDay() },
  );
  for (const node of connection.nodes) {
    // Journals that are no longer under way rarely have further events.
    if (progressOf(node.status) === 'UNDER_WAY') context.parts.journalSides.learn(node.id, node);
  }
  return connection;
}
