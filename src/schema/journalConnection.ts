import type { UnreadableJournal as Unreadable } from '../domain/unreadableJournal.ts';
import type { JournalPage } from '../resolvers/paging/connectionWindow.ts';
import { accountJournals, journals } from '../resolvers/journals.ts';

import { Account } from './account.ts';
import { builder } from './builder.ts';
import { pageCost } from './cost.ts';
import { Journal, JournalEntryType, JournalStatus } from './journal.ts';

const UnreadableJournal = builder.objectRef<Unreadable>('UnreadableJournal');

builder.objectType(UnreadableJournal, {
  description: 'A journal that exists and can not be read.',
  fields: (t) => ({
    id: t.exposeID('id', { nullable: true, description: 'Its id; null when even that can not be read.' }),
    problem: t.exposeString('problem', { description: 'What was expected and what was found, without its data.' }),
  }),
});

const JournalConnection = builder.connectionObject(
  {
    type: Journal,
    name: 'JournalConnection',
    description: 'A page of journals, newest first.',
    fields: (t) => ({
      unreadable: t.field({
        type: [UnreadableJournal],
        description:
          'Journals that stand on this page, can not be read and are not among the edges. Empty as a rule. More than 500 ' +
          'of them are an error instead.',
        resolve: (page) => (page as unknown as JournalPage).unreadable,
      }),
    }),
  },
  { name: 'JournalEdge', description: 'A journal and its place in the list.' },
);

const JournalDirection = builder.enumType('JournalDirection', {
  description: 'Seen from an account.',
  values: {
    INCOMING: { description: 'Into the account.' },
    OUTGOING: { description: 'Out of the account.' },
  } as const,
});

const JournalFilter = builder.inputType('JournalFilter', {
  description: 'Which journals. What is absent or null does not filter; an empty list matches nothing.',
  fields: (t) => ({
    createdAfter: t.field({ type: 'Date', description: 'Created on this day or later; days are UTC.' }),
    createdBefore: t.field({ type: 'Date', description: 'Created on this day or earlier; days are UTC.' }),
    status: t.field({ type: [JournalStatus], description: 'In any of these statuses.' }),
    entryType: t.field({ type: JournalEntryType, description: 'Of this type.' }),
    fromAccount: t.id({ description: 'Given by this account.' }),
    toAccount: t.id({ description: 'Received by this account.' }),
  }),
});

const AccountJournalFilter = builder.inputType('AccountJournalFilter', {
  description: "Which of an account's journals. What is absent or null does not filter; an empty list matches nothing.",
  fields: (t) => ({
    direction: t.field({ type: JournalDirection, description: 'One side only.' }),
    createdAfter: t.field({ type: 'Date', description: 'Created on this day or later; days are UTC.' }),
    createdBefore: t.field({ type: 'Date', description: 'Created on this day or earlier; days are UTC.' }),
    status: t.field({ type: [JournalStatus], description: 'In any of these statuses.' }),
    entryType: t.field({ type: JournalEntryType, description: 'Of this type.' }),
  }),
});

const paging =
  'Newest first by creation time; what has none yet comes first, then by id. `first` defaults to 50; `first` and `last` ' +
  'are at most 500, and `last` needs `before`.';

builder.queryField('journals', (t) =>
  t.field({
    type: JournalConnection,
    nullable: true,
    description: `Journals of all accounts. ${paging}`,
    args: { ...t.arg.connectionArgs(), filter: t.arg({ type: JournalFilter, description: 'Which journals.' }) },
    complexity: pageCost,
    resolve: (_root, args, context) => journals(args, context),
  }),
);

builder.objectField(Account, 'journals', (t) =>
  t.field({
    type: JournalConnection,
    nullable: true,
    description: `Journals into and out of this account. ${paging}`,
    args: { ...t.arg.connectionArgs(), filter: t.arg({ type: AccountJournalFilter, description: 'Which journals.' }) },
    complexity: pageCost,
    resolve: (account, args, context) => accountJournals(account, args, context),
  }),
);
