import { createBatchJournal } from '../resolvers/mutations/createBatchJournal.ts';

import { batchSuccess } from './batchJournalResult.ts';
import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { createErrors } from './errors.ts';
import { idempotencyKeyAdvice, transmitterFields } from './inputFields.ts';

const BatchJournalEntryInput = builder.inputType('BatchJournalEntryInput', {
  description: 'One receiver of a batch.',
  fields: (t) => ({
    toAccount: t.id({ required: true, description: 'The account that receives.' }),
    amount: t.field({ type: 'Decimal', required: true, description: 'How much, above 0.' }),
    currency: t.string({
      description: "The firm's own currency when not given; the entries that state one state the same.",
    }),
    description: t.string({ description: 'At most 1,024 characters.' }),
    ...transmitterFields(t),
  }),
});

const CreateBatchJournalInput = builder.inputType('CreateBatchJournalInput', {
  description: 'One account pays many. Cash only.',
  fields: (t) => ({
    fromAccount: t.id({ required: true, description: 'The account that pays, usually the sweep account.' }),
    description: t.string({
      description: 'Of every entry that has none of its own, or an empty one; at most 1,024 characters.',
    }),
    entries: t.field({ type: [BatchJournalEntryInput], required: true, description: '1 to 1,000 receivers.' }),
  }),
});

const CreateBatchJournalSuccess = batchSuccess(
  'CreateBatchJournalSuccess',
  'The batch was accepted. Single entries may still have failed, and say so.',
);

builder.mutationField('createBatchJournal', (t) =>
  t.field({
    type: CreateBatchJournalSuccess,
    nullable: true,
    description: `Moves cash from one account to many, all or nothing at validation. ${idempotencyKeyAdvice}`,
    args: {
      input: t.arg({ type: CreateBatchJournalInput, required: true, description: 'Who pays whom.' }),
      idempotencyKey: t.arg.string({ description: '1 to 128 characters, best a UUID.' }),
    },
    errors: {
      types: createErrors,
      union: { name: 'CreateBatchJournalResult', description: 'The journals, or why there are none.' },
    },
    complexity: ({ input }) => ({ field: callCost, multiplier: input.entries.length }),
    resolve: (_root, args, context) => createBatchJournal(args, context),
  }),
);
