import { InsufficientAssetsError } from '../errors/refusals.ts';
import { createJournal } from '../resolvers/mutations/createJournal.ts';
import type { CreateJournalSuccess as Success } from '../resolvers/mutations/createJournal.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { createErrors } from './errors.ts';
import * as texts from './inputFields.ts';
import { Journal } from './journal.ts';

const CreateJNLCInput = builder.inputType('CreateJNLCInput', {
  description: 'A cash journal between a firm account and a customer account. Two customer accounts are not allowed.',
  fields: (t) => ({
    fromAccount: t.id({ required: true, description: texts.payer }),
    toAccount: t.id({ required: true, description: texts.receiver }),
    amount: t.field({ type: 'Decimal', required: true, description: texts.amount }),
    currency: t.string({ description: texts.currency }),
    description: t.string({ description: texts.description }),
    ...texts.transmitterFields(t),
  }),
});

const CreateJNLSInput = builder.inputType('CreateJNLSInput', {
  description: 'A securities journal from a firm account to a customer account. The reverse direction is not allowed.',
  fields: (t) => ({
    fromAccount: t.id({ required: true, description: 'The UUID of the account that gives the shares.' }),
    toAccount: t.id({ required: true, description: texts.receiver }),
    symbol: t.string({ required: true, description: 'The symbol of the security.' }),
    qty: t.field({
      type: 'Decimal',
      required: true,
      description: 'The number of shares. Must be greater than 0, with up to 9 decimal places.',
    }),
    currency: t.string({ description: texts.currency }),
    description: t.string({ description: texts.description }),
  }),
});

const CreateJournalInput = builder.inputType('CreateJournalInput', {
  description: 'The input of `createJournal`: exactly one of cash and securities.',
  isOneOf: true,
  fields: (t) => ({
    jnlc: t.field({ type: CreateJNLCInput, description: 'The cash to move.' }),
    jnls: t.field({ type: CreateJNLSInput, description: 'The securities to move.' }),
  }),
});

const CreateJournalSuccess = builder.objectRef<Success>('CreateJournalSuccess');

builder.objectType(CreateJournalSuccess, {
  description: 'The journal was created, by this request or by an earlier one with the same idempotency key.',
  fields: (t) => ({
    journal: t.expose('journal', {
      type: Journal,
      description:
        'The journal in its current state. It is at least as recent as its last status event that was delivered.',
    }),
    idempotencyKey: t.exposeString('idempotencyKey', { description: texts.idempotencyKeyDescription }),
    replayed: t.exposeBoolean('replayed', { nullable: true, description: texts.replayedDescription }),
  }),
});

builder.mutationField('createJournal', (t) =>
  t.field({
    type: CreateJournalSuccess,
    nullable: true,
    description: `Moves cash or securities from one account to another. ${texts.idempotencyKeyAdvice}`,
    args: {
      input: t.arg({ type: CreateJournalInput, required: true, description: 'The cash or the securities to move.' }),
      idempotencyKey: t.arg.string({ description: texts.idempotencyKeyArgument }),
    },
    errors: {
      types: [...createErrors, InsufficientAssetsError],
      union: { name: 'CreateJournalResult', description: 'The journal, or the reason why there is none.' },
    },
    complexity: callCost,
    resolve: (_root, args, context) => createJournal(args, context),
  }),
);
