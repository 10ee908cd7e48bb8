import { InsufficientAssetsError } from '../errors/refusals.ts';
import { createJournal } from '../resolvers/mutations/createJournal.ts';
import type { CreateJournalSuccess as Success } from '../resolvers/mutations/createJournal.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { createErrors } from './errors.ts';
import { idempotencyKeyAdvice, replayedDescription, transmitterFields } from './inputFields.ts';
import { Journal } from './journal.ts';

const CreateJNLCInput = builder.inputType('CreateJNLCInput', {
  description: 'Cash, between a firm account and a customer; never from customer to customer.',
  fields: (t) => ({
    fromAccount: t.id({ required: true, description: 'The account that pays.' }),
    toAccount: t.id({ required: true, description: 'The account that receives.' }),
    amount: t.field({ type: 'Decimal', required: true, description: 'How much, above 0.' }),
    currency: t.string({ description: "The firm's own currency when not given." }),
    description: t.string({ description: 'At most 1,024 characters.' }),
    ...transmitterFields(t),
  }),
});

const CreateJNLSInput = builder.inputType('CreateJNLSInput', {
  description: 'Securities, from a firm account to a customer; never back.',
  fields: (t) => ({
    fromAccount: t.id({ required: true, description: 'The account that gives.' }),
    toAccount: t.id({ required: true, description: 'The account that receives.' }),
    symbol: t.string({ required: true, description: 'Which security.' }),
    qty: t.field({ type: 'Decimal', required: true, description: 'How many shares, above 0, at most 9 decimals.' }),
    currency: t.string({ description: "The firm's own currency when not given." }),
    description: t.string({ description: 'At most 1,024 characters.' }),
  }),
});

const CreateJournalInput = builder.inputType('CreateJournalInput', {
  description: 'Cash or securities: exactly one of the two.',
  isOneOf: true,
  fields: (t) => ({
    jnlc: t.field({ type: CreateJNLCInput, description: 'Cash.' }),
    jnls: t.field({ type: CreateJNLSInput, description: 'Securities.' }),
  }),
});

const CreateJournalSuccess = builder.objectRef<Success>('CreateJournalSuccess');

builder.objectType(CreateJournalSuccess, {
  description: 'The journal exists.',
  fields: (t) => ({
    journal: t.expose('journal', {
      type: Journal,
      description:
        'At least as new as any of its status events already delivered; a repeated key answers with it as it is now.',
    }),
    idempotencyKey: t.exposeString('idempotencyKey', { description: 'The key that was used, exactly.' }),
    replayed: t.exposeBoolean('replayed', { nullable: true, description: replayedDescription }),
  }),
});

builder.mutationField('createJournal', (t) =>
  t.field({
    type: CreateJournalSuccess,
    nullable: true,
    description: `Moves cash or securities from one account to another. ${idempotencyKeyAdvice}`,
    args: {
      input: t.arg({ type: CreateJournalInput, required: true, description: 'What to move.' }),
      idempotencyKey: t.arg.string({ description: '1 to 128 characters, best a UUID.' }),
    },
    errors: {
      types: [...createErrors, InsufficientAssetsError],
      union: { name: 'CreateJournalResult', description: 'The journal, or why there is none.' },
    },
    complexity: callCost,
    resolve: (_root, args, context) => createJournal(args, context),
  }),
);
