import { JournalNotFoundError, JournalNotReversableError } from '../errors/refusals.ts';
import { reverseJournal } from '../resolvers/mutations/reverseJournal.ts';
import type { ReverseJournalSuccess as Success } from '../resolvers/mutations/reverseJournal.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { createErrors } from './errors.ts';
import * as texts from './inputFields.ts';
import { Journal } from './journal.ts';

const ReverseJournalSuccess = builder.objectRef<Success>('ReverseJournalSuccess');

builder.objectType(ReverseJournalSuccess, {
  description: 'The reversal was created, by this request or by an earlier one.',
  fields: (t) => ({
    reversal: t.expose('reversal', {
      type: Journal,
      description:
        'The journal in the opposite direction, in its current state. It can be under way or can have failed; even then, ' +
        'the original is not reversed again.',
    }),
    original: t.expose('original', { type: Journal, description: 'The journal that is reversed.' }),
    replayed: t.exposeBoolean('replayed', {
      nullable: true,
      description: `Whether the reversal existed before this request. ${texts.replayedUnknown}`,
    }),
  }),
});

builder.mutationField('reverseJournal', (t) =>
  t.field({
    type: ReverseJournalSuccess,
    nullable: true,
    description:
      'Moves the cash of an executed journal back: creates a journal with the same amount and currency in the opposite ' +
      'direction. A journal is reversed at most once: later requests, by any client, return the existing reversal.',
    args: {
      id: t.arg.id({ required: true, description: 'The UUID of the journal to reverse.' }),
      description: t.arg.string({
        description:
          'A text that follows `Reversal of journal <id>: ` in the description of the reversal. Both together have up to ' +
          '1,024 characters. Ignored if the reversal already exists.',
      }),
    },
    errors: {
      types: [...createErrors, JournalNotFoundError, JournalNotReversableError],
      union: { name: 'ReverseJournalResult', description: 'The reversal, or the reason why there is none.' },
    },
    // Three calls: a read, a search and the create.
    complexity: 3 * callCost,
    resolve: (_root, args, context) => reverseJournal(args, context),
  }),
);
