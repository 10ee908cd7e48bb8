import { journalTotals } from '../resolvers/journalTotals.ts';
import { maxGroups } from '../resolvers/totals/GroupTotals.ts';
import type { JournalTotal as Total, JournalTotals as Totals } from '../resolvers/totals/GroupTotals.ts';

import { Account } from './account.ts';
import { builder, pure } from './builder.ts';
import { callCost } from './cost.ts';
import { JournalEntryType, JournalProgress, JournalStatus } from './journal.ts';
import { JournalFilter } from './journalConnection.ts';

const JournalTotalsKey = builder.enumType('JournalTotalsKey', {
  description: 'A property by which totals are grouped.',
  values: {
    DAY: { description: 'The day (UTC) on which the journals were created, as in `createdAfter` and `createdBefore`.' },
    STATUS: { description: 'The status.' },
    PROGRESS: { description: 'The progress.' },
    ENTRY_TYPE: { description: 'The entry type.' },
    FROM_ACCOUNT: { description: 'The account that gives.' },
    TO_ACCOUNT: { description: 'The account that receives.' },
  } as const,
});

const JournalTotal = builder.objectRef<Total>('JournalTotal');
const nullUnless = (key: string) => `Null unless the totals are grouped by \`${key}\`.`;

builder.objectType(JournalTotal, {
  description: 'The total of the journals of a group that share a currency or a symbol.',
  fields: (t) => ({
    day: t.expose('day', {
      type: 'Date',
      nullable: true,
      description: `The day (UTC) of creation. ${nullUnless('DAY')} Also null for journals without a creation time.`,
    }),
    status: t.expose('status', {
      type: JournalStatus,
      nullable: true,
      description: `The status. ${nullUnless('STATUS')}`,
    }),
    progress: t.expose('progress', {
      type: JournalProgress,
      nullable: true,
      description: `The progress. ${nullUnless('PROGRESS')}`,
    }),
    entryType: t.expose('entryType', {
      type: JournalEntryType,
      nullable: true,
      description: `The entry type. ${nullUnless('ENTRY_TYPE')}`,
    }),
    fromAccount: t.field({
      type: Account,
      nullable: true,
      description: `The account that gives. ${nullUnless('FROM_ACCOUNT')}`,
      extensions: pure,
      resolve: ({ fromAccount: id }) => (id === null ? null : { id }),
    }),
    toAccount: t.field({
      type: Account,
      nullable: true,
      description: `The account that receives. ${nullUnless('TO_ACCOUNT')}`,
      extensions: pure,
      resolve: ({ toAccount: id }) => (id === null ? null : { id }),
    }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'The ISO 4217 currency code of cash. Null for securities and for journals of an unknown type.',
    }),
    symbol: t.exposeString('symbol', {
      nullable: true,
      description: 'The symbol of securities. Null for cash and for journals of an unknown type.',
    }),
    count: t.exposeInt('count', { description: 'The number of journals.' }),
    netAmount: t.expose('netAmount', {
      type: 'Decimal',
      nullable: true,
      description: 'The exact sum of the amounts of cash, in `currency`. Null if the journals do not move cash.',
    }),
    qty: t.expose('qty', {
      type: 'Decimal',
      nullable: true,
      description: 'The exact sum of the numbers of shares. Null if the journals do not move securities.',
    }),
  }),
});

const JournalTotals = builder.objectRef<Totals>('JournalTotals');

builder.objectType(JournalTotals, {
  description: 'Totals of journals.',
  fields: (t) => ({
    groups: t.field({
      type: [JournalTotal],
      description:
        'The groups, up to 2,000, sorted by day, then by the other keys in the order of `groupBy`, then by currency and ' +
        'symbol.',
      complexity: () => ({ field: 1, multiplier: maxGroups }),
      extensions: pure,
      resolve: ({ groups }) => groups,
    }),
    count: t.exposeInt('count', { description: 'The number of all journals.' }),
    complete: t.exposeBoolean('complete', {
      description:
        'Whether every journal is included. False if the API does not list all of a day, or if a journal cannot be read.',
    }),
  }),
});

builder.queryField('journalTotals', (t) =>
  t.field({
    type: JournalTotals,
    nullable: true,
    description:
      'Counts journals and sums them up exactly: cash by currency, securities by symbol. Journals of every status are ' +
      'included unless they are filtered or grouped by it.',
    args: {
      filter: t.arg({ type: JournalFilter, description: 'The journals to include.' }),
      groupBy: t.arg({
        type: [JournalTotalsKey],
        required: true,
        defaultValue: [],
        description: 'The keys to group by. If empty, there is one group per currency or symbol.',
      }),
    },
    // All journals are read, in several calls.
    complexity: 10 * callCost,
    resolve: (_root, args, context) => journalTotals(args, context),
  }),
);
