import { createBatchJournal } from '../resolvers/mutations/createBatchJournal.ts';

import { batchSuccess } from './batchJournalResult.ts';
import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { createErrors } from './errors.ts';
import * as texts from './inputFields.ts';

const BatchJournalEntryInput = builder.inputType('BatchJournalEntryInput', {
  description: 'One receiver of a batch.',
  fields: (t) => ({
    toAccount: t.id({ required: true, description: texts.receiver }),
    amount: t.field({ type: 'Decimal', required: true, description: texts.amount }),
    currency: t.string({ description: `${texts.currency} Must be the same for all entries that have one.` }),
    description: t.string({ description: texts.description }),
    ...texts.transmitterFields(t),
  }),
});

const CreateBatchJournalInput = builder.inputType('CreateBatchJournalInput', {
  description: 'The input of `createBatchJournal`: one account pays cash to many accounts.',
  fields: (t) => ({
    fromAccount: t.id({ required: true, description: `${texts.payer} Usually the sweep account.` }),
    description: t.string({
      description: 'The default description of the entries, instead of a missing or empty one. Up to 1,024 characters.',
    }),
    entries: t.field({ type: [BatchJournalEntryInput], required: true, description: 'The 1 to 1,000 receivers.' }),
  }),
});

const CreateBatchJournalSuccess = batchSuccess(
  'CreateBatchJournalSuccess',
  'The batch was accepted. An entry may still have failed: see `errorMessage` of each result.',
);

builder.mutationField('createBatchJournal', (t) =>
  t.field({
    type: CreateBatchJournalSuccess,
    nullable: true,
    description:
      'Moves cash from one account to many. If one entry is invalid, the whole batch is refused. ' +
      texts.idempotencyKeyAdvice,
    args: {
      input: t.arg({ type: CreateBatchJournalInput, required: true, description: 'The payer and the receivers.' }),
      idempotencyKey: t.arg.string({ description: texts.idempotencyKeyArgument }),
    },
    errors: {
      types: createErrors,
      union: {
        name: 'CreateBatchJournalResult',
        description: 'The journals of the batch, or the reason why there are none.',
      },
    },
    complexity: ({ input }) => ({ field: callCost, multiplier: input.entries.length }),
    resolve: (_root, args, context) => createBatchJournal(args, context),
  }),
);
