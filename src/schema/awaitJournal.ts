import { Kind } from 'graphql';
import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';

import { awaitJournal, settledFields, withSettledFields } from '../resolvers/awaitJournal.ts';
import type { AwaitedJournal as Awaited } from '../resolvers/awaitJournal.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { Journal } from './journal.ts';

const AwaitedJournal = builder.objectRef<Awaited>('AwaitedJournal');

builder.objectType(AwaitedJournal, {
  description: 'The result of waiting for a journal.',
  fields: (t) => ({
    journal: t.field({
      type: Journal,
      description: 'The journal in its current state.',
      resolve: ({ journal, isStatusOnly }, _args, context, info) =>
        isStatusOnly && selectsAny(info, settledFields) ? withSettledFields(journal, context) : journal,
    }),
    timedOut: t.exposeBoolean('timedOut', {
      description:
        'Whether the wait ended while the journal was still `UNDER_WAY`, because the timeout expired or the gateway shut ' +
        'down.',
    }),
    cursor: t.exposeString('cursor', {
      description:
        'A cursor for `journalStatusChanged(after:)`. A subscription after this cursor misses no change that is later ' +
        'than `journal`.',
    }),
  }),
});

builder.queryField('awaitJournal', (t) =>
  t.field({
    type: AwaitedJournal,
    nullable: true,
    description:
      'Waits until a journal is no longer `UNDER_WAY` and returns it. Returns immediately if the journal is not ' +
      '`UNDER_WAY`. Null if the journal does not exist, if the caller may not see it, or if the ID is not a UUID.',
    args: {
      id: t.arg.id({ required: true, description: 'The UUID of the journal.' }),
      timeoutSeconds: t.arg.int({
        required: true,
        defaultValue: 30,
        description:
          'The timeout, from 1 to 300 seconds. When it expires, the journal is returned in its current state.',
      }),
    },
    complexity: callCost,
    extensions: { waits: true },
    resolve: (_root, args, context) => awaitJournal(args, context),
  }),
);

/** Whether a client selects any of these fields of the current field's type, directly or in fragments. */
function selectsAny({ fieldNodes, fragments }: GraphQLResolveInfo, names: readonly string[]): boolean {
  const selects = (set: SelectionSetNode | undefined): boolean =>
    set?.selections.some((selection) => {
      if (selection.kind === Kind.FIELD) return names.includes(selection.name.value);
      if (selection.kind === Kind.INLINE_FRAGMENT) return selects(selection.selectionSet);
      return selects(fragments[selection.name.value]?.selectionSet);
    }) ?? false;
  return fieldNodes.some(({ selectionSet }) => selects(selectionSet));
}
