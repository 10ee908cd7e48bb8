import { awaitJournal } from '../resolvers/awaitJournal.ts';
import type { AwaitedJournal as Awaited } from '../resolvers/awaitJournal.ts';
import { settledFields, withSettledFields } from '../resolvers/settledFields.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { Journal } from './journal.ts';
import { selectsAny } from './selectsAny.ts';

const AwaitedJournal = builder.objectRef<Awaited>('AwaitedJournal');

builder.objectType(AwaitedJournal, {
  description: 'A journal that a client has waited for.',
  fields: (t) => ({
    journal: t.field({
      type: Journal,
      description: 'The journal in its current state.',
      resolve: ({ journal, isStatusOnly }, _args, context, info) =>
        isStatusOnly && selectsAny(info, settledFields) ? withSettledFields(journal, context) : journal,
    }),
    timedOut: t.exposeBoolean('timedOut', {
      description:
        'Whether the journal was still under way when the time was over, or when the gateway began to shut down.',
    }),
    cursor: t.exposeString('cursor', {
      description:
        'A cursor for `journalStatusChanged(after:)`: a subscription after it misses nothing that is later than `journal`.',
    }),
  }),
});

builder.queryField('awaitJournal', (t) =>
  t.field({
    type: AwaitedJournal,
    nullable: true,
    description:
      'Waits until a journal is no longer `UNDER_WAY`, and returns it. Returns at once if it is not under way. Null if it ' +
      'does not exist, if the caller may not see it, or if the ID is not a UUID.',
    args: {
      id: t.arg.id({ required: true, description: 'The UUID of the journal.' }),
      timeoutSeconds: t.arg.int({
        required: true,
        defaultValue: 30,
        description: 'How long to wait, from 1 to 300 seconds. Then the journal is returned as it is.',
      }),
    },
    complexity: callCost,
    resolve: (_root, args, context) => awaitJournal(args, context),
  }),
);
