import { createReverseBatchJournal } from '../resolvers/mutations/createReverseBatchJournal.ts';

import { batchSuccess } from './batchJournalResult.ts';
import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { createErrors } from './errors.ts';
import * as texts from './inputFields.ts';

const ReverseBatchJournalEntryInput = builder.inputType('ReverseBatchJournalEntryInput', {
  description: 'One payer of a reverse batch.',
  fields: (t) => ({
    fromAccount: t.id({ required: true, description: texts.payer }),
    amount: t.field({ type: 'Decimal', required: true, description: texts.amount }),
    description: t.string({ description: `${texts.description} Distinguishes this entry from similar ones.` }),
  }),
});

const CreateReverseBatchJournalInput = builder.inputType('CreateReverseBatchJournalInput', {
  description: 'The input of `createReverseBatchJournal`: many accounts pay cash to one account.',
  fields: (t) => ({
    toAccount: t.id({ required: true, description: `${texts.receiver} Usually the sweep account.` }),
    currency: t.string({ description: `${texts.currency} Applies to every entry.` }),
    entries: t.field({ type: [ReverseBatchJournalEntryInput], required: true, description: 'The 1 to 1,000 payers.' }),
  }),
});

const CreateReverseBatchJournalSuccess = batchSuccess(
  'CreateReverseBatchJournalSuccess',
  'The reverse batch was accepted. An entry may still have failed: see `errorMessage` of each result.',
);

builder.mutationField('createReverseBatchJournal', (t) =>
  t.field({
    type: CreateReverseBatchJournalSuccess,
    nullable: true,
    description:
      'Moves cash from many accounts to one. If one entry is invalid, the whole reverse batch is refused. The API has ' +
      'no idempotency for reverse batches: the gateway sends the request of a key once and stores its outcome. ' +
      texts.idempotencyKeyAdvice,
    args: {
      input: t.arg({
        type: CreateReverseBatchJournalInput,
        required: true,
        description: 'The receiver and the payers.',
      }),
      idempotencyKey: t.arg.string({ description: texts.idempotencyKeyArgument }),
    },
    errors: {
      types: createErrors,
      union: {
        name: 'CreateReverseBatchJournalResult',
        description: 'The journals of the reverse batch, or the reason why there are none.',
      },
    },
    complexity: ({ input }) => ({ field: callCost, multiplier: input.entries.length }),
    resolve: (_root, args, context) => createReverseBatchJournal(args, context),
  }),
);
