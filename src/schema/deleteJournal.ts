import { DeleteOutcomeUnknownError, RateLimitedError, UpstreamUnavailableError } from '../errors/faults.ts';
import {
  InvalidRequestError,
  JournalNotDeletableError,
  JournalNotFoundError,
  OtherRefusalError,
} from '../errors/refusals.ts';
import { journal } from '../resolvers/journal.ts';
import { deleteJournal } from '../resolvers/mutations/deleteJournal.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { Journal } from './journal.ts';

const DeleteJournalSuccess = builder.objectRef<{ journalId: string }>('DeleteJournalSuccess');

builder.objectType(DeleteJournalSuccess, {
  description: 'The journal was deleted. Its status becomes `CANCELED`.',
  fields: (t) => ({
    journalId: t.exposeID('journalId', { description: 'The UUID of the deleted journal.' }),
    journal: t.field({
      type: Journal,
      nullable: true,
      description: 'The journal in its current state. Null if it cannot be read.',
      complexity: callCost,
      resolve: ({ journalId }, _args, context) => journal(journalId, context),
    }),
  }),
});

builder.mutationField('deleteJournal', (t) =>
  t.field({
    type: DeleteJournalSuccess,
    nullable: true,
    description: 'Deletes a pending journal. Its status becomes `CANCELED`.',
    args: { id: t.arg.id({ required: true, description: 'The UUID of the journal.' }) },
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
      union: { name: 'DeleteJournalResult', description: 'The deletion, or the reason why it did not happen.' },
    },
    complexity: callCost,
    resolve: (_root, args, context) => deleteJournal(args, context),
  }),
);
