import {
  InvalidRequestError,
  JournalNotDeletableError,
  JournalNotFoundError,
  OtherRefusalError,
} from '../errors/refusals.ts';
import { deleteJournal } from '../resolvers/mutations/deleteJournal.ts';
import { journal } from '../resolvers/journal.ts';
import { DeleteOutcomeUnknownError, RateLimitedError, UpstreamUnavailableError } from '../errors/faults.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { Journal } from './journal.ts';

const DeleteJournalSuccess = builder.objectRef<{ journalId: string }>('DeleteJournalSuccess');

builder.objectType(DeleteJournalSuccess, {
  description: 'The journal is deleted; it goes on as canceled.',
  fields: (t) => ({
    journalId: t.exposeID('journalId', { description: 'The journal that was deleted.' }),
    journal: t.field({
      type: Journal,
      nullable: true,
      description: 'As it is now; null when it can not be read.',
      complexity: callCost,
      resolve: ({ journalId }, _args, context) => journal(journalId, context),
    }),
  }),
});

builder.mutationField('deleteJournal', (t) =>
  t.field({
    type: DeleteJournalSuccess,
    nullable: true,
    description: 'Deletes a journal. Pending ones only; the journal goes on as canceled.',
    args: { id: t.arg.id({ required: true, description: "The journal's UUID." }) },
    errors: {
      types: [
        InvalidRequestError,
        JournalNotFoundError,
        JournalNotDeletableError,
        OtherRefusalError,
        RateLimitedError,
        UpstreamUnavailableError,
        DeleteOutcomeUnknownError,
      ],
      union: { name: 'DeleteJournalResult', description: 'Whether it is deleted, or why not.' },
    },
    complexity: callCost,
    resolve: (_root, args, context) => deleteJournal(args, context),
  }),
);
