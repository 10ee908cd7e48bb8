import { createReverseBatchJournal } from '../resolvers/mutations/createReverseBatchJournal.ts';

import { batchSuccess } from './batchJournalResult.ts';
import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { createErrors } from './errors.ts';

const ReverseBatchJournalEntryInput = builder.inputType('ReverseBatchJournalEntryInput', {
  description: 'One payer of a reverse batch.',
  fields: (t) => ({
    fromAccount: t.id({ required: true, description: 'The account that pays.' }),
    amount: t.field({ type: 'Decimal', required: true, description: 'How much, above 0.' }),
    description: t.string({ description: 'At most 1,024 characters; what tells this entry from others.' }),
  }),
});

const CreateReverseBatchJournalInput = builder.inputType('CreateReverseBatchJournalInput', {
  description: 'Many accounts pay one. Cash only.',
  fields: (t) => ({
    toAccount: t.id({ required: true, description: 'The account that receives, usually the sweep account.' }),
    currency: t.string({ description: "Of every entry; the firm's own currency when not given." }),
    entries: t.field({ type: [ReverseBatchJournalEntryInput], required: true, description: '1 to 1,000 payers.' }),
  }),
});

const CreateReverseBatchJournalSuccess = batchSuccess(
  'CreateReverseBatchJournalSuccess',
  'The reverse batch was accepted. Single entries may still have failed, and say so.',
);

builder.mutationField('createReverseBatchJournal', (t) =>
  t.field({
    type: CreateReverseBatchJournalSuccess,
    nullable: true,
    description:
      'Moves cash from many accounts to one, all or nothing at validation. The API has no idempotency here: the gateway ' +
      "sends a key's request once and keeps its outcome itself.",
    args: {
      input: t.arg({ type: CreateReverseBatchJournalInput, required: true, description: 'Who pays.' }),
      idempotencyKey: t.arg.string({
        description: '1 to 128 characters, best a UUID; made and returned when not given.',
      }),
    },
    errors: {
      types: createErrors,
      union: { name: 'CreateReverseBatchJournalResult', description: 'The journals, or why there are none.' },
    },
    complexity: ({ input }) => ({ field: callCost, multiplier: input.entries.length }),
    resolve: (_root, args, context) => createReverseBatchJournal(args, context),
  }),
);
