import type { UnreadableJournal as Unreadable } from '../domain/unreadableJournal.ts';
import type { JournalPage } from '../resolvers/paging/connectionWindow.ts';
import { accountJournals, journals } from '../resolvers/journals.ts';

import { Account } from './account.ts';
import { builder, pure } from './builder.ts';
import { pageCost } from './cost.ts';
import type { InputFields } from './inputFields.ts';
import { Journal, JournalEntryType, JournalStatus } from './journal.ts';

const UnreadableJournal = builder.objectRef<Unreadable>('UnreadableJournal');

builder.objectType(UnreadableJournal, {
  description: 'A journal that exists but cannot be read, because the response of the API is incomplete or invalid.',
  fields: (t) => ({
    id: t.exposeID('id', {
      nullable: true,
      description: 'The UUID of the journal. Null if the ID itself cannot be read.',
    }),
    problem: t.exposeString('problem', {
      description: 'The expected and the actual value, without data of the journal.',
    }),
  }),
});

const JournalConnection = builder.connectionObject(
  {
    type: Journal,
    name: 'JournalConnection',
    description: 'A page of journals, newest first.',
    fields: (t) => ({
      // Replaces the plugin's field, which would create an edge for each journal.
      nodes: t.field({
        type: [Journal],
        description: 'The items of the page.',
        extensions: pure,
        resolve: (page) => (page as unknown as JournalPage).nodes,
      }),
      unreadable: t.field({
        type: [UnreadableJournal],
        description:
          'The journals of this page that cannot be read and are missing from the edges. Usually empty. The page fails if ' +
          'there are more than 500 of them.',
        extensions: pure,
        resolve: (page) => (page as unknown as JournalPage).unreadable,
      }),
    }),
  },
  { name: 'JournalEdge', description: 'A journal and its cursor.' },
);

const JournalDirection = builder.enumType('JournalDirection', {
  description: 'The direction of a journal, as seen from an account.',
  values: {
    INCOMING: { description: 'The account receives.' },
    OUTGOING: { description: 'The account gives.' },
  } as const,
});

const emptyFilter = 'A missing or null field does not filter. An empty list matches nothing.';

function commonFilters(t: InputFields) {
  return {
    createdAfter: t.field({ type: 'Date', description: 'Journals created on or after this day (UTC).' }),
    createdBefore: t.field({ type: 'Date', description: 'Journals created on or before this day (UTC).' }),
    status: t.field({ type: [JournalStatus], description: 'Journals in any of these statuses.' }),
    entryType: t.field({ type: JournalEntryType, description: 'Journals of this entry type.' }),
  };
}

export const JournalFilter = builder.inputType('JournalFilter', {
  description: `Selects journals. ${emptyFilter}`,
  fields: (t) => ({
    ...commonFilters(t),
    fromAccount: t.id({ description: 'Journals out of this account.' }),
    toAccount: t.id({ description: 'Journals into this account.' }),
  }),
});

const AccountJournalFilter = builder.inputType('AccountJournalFilter', {
  description: `Selects journals of an account. ${emptyFilter}`,
  fields: (t) => ({
    direction: t.field({ type: JournalDirection, description: 'Journals in this direction only.' }),
    ...commonFilters(t),
  }),
});

const order = 'Sorted by creation time, newest first, then by ID. Journals without a creation time come first.';

builder.queryField('journals', (t) =>
  t.field({
    type: JournalConnection,
    nullable: true,
    description: `Lists the journals of all accounts. ${order}`,
    args: { ...t.arg.connectionArgs(), filter: t.arg({ type: JournalFilter, description: 'The journals to list.' }) },
    complexity: pageCost,
    resolve: (_root, args, context) => journals(args, context),
  }),
);

builder.objectField(Account, 'journals', (t) =>
  t.field({
    type: JournalConnection,
    nullable: true,
    description: `Lists the journals into and out of this account. ${order}`,
    args: {
      ...t.arg.connectionArgs(),
      filter: t.arg({ type: AccountJournalFilter, description: 'The journals to list.' }),
    },
    complexity: pageCost,
    resolve: (account, args, context) => accountJournals(account, args, context),
  }),
);
