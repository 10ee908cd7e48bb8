import { assertAuthorized } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import { EntryIdentity } from '../../domain/EntryIdentity.ts';
import type { NewReverseBatch } from '../../domain/newJournal.ts';

import { freshResults } from './freshJournal.ts';
import { InputCheck } from './InputCheck.ts';
import { matchEntries } from './matchEntries.ts';
import type { BatchJournalResult } from './matchEntries.ts';
import { withinCaps } from './withinCaps.ts';

export interface CreateReverseBatchJournalArguments {
  input: NewReverseBatch;
  idempotencyKey?: string | null | undefined;
}

export interface CreateReverseBatchJournalSuccess {
  results: BatchJournalResult[];
  idempotencyKey: string;
  replayed: boolean;
}

/**
 * Pays one account from many. The API takes no idempotency key here, so `ReverseBatches` makes sure that a key is sent
 * only once.
 *
 * @throws Refusal | Fault | ForbiddenError
 */
export async function createReverseBatchJournal(
  args: CreateReverseBatchJournalArguments,
  context: OperationContext,
): Promise<CreateReverseBatchJournalSuccess> {
  const check = new InputCheck();
  const idempotencyKey = check.idempotencyKey(args.idempotencyKey);
  const batch = checkedReverseBatch(args.input, check);
  const journals = batch.entries.map(({ fromAccount }) => ({ fromAccount, toAccount: batch.toAccount }));
  assertAuthorized(context.principal, { kind: 'createJournal', journals });
  check.throwIfAny();

  const cash = batch.entries.map(({ amount }) => ({ amount, currency: batch.currency }));
  return withinCaps({ mutation: 'createReverseBatchJournal', idempotencyKey, cash }, context, () =>
    send(batch, idempotencyKey, context),
  );
}

async function send(
  batch: NewReverseBatch,
  idempotencyKey: string,
  context: OperationContext,
): Promise<CreateReverseBatchJournalSuccess> {
  const startedMs = context.parts.clock.earliestNow();
  const { items, replayed } = await context.parts.reverseBatches.create(context.principal.name, idempotencyKey, batch);
  const { currency } = batch;
  const entries = batch.entries.map((entry) => new EntryIdentity({ ...entry, account: entry.fromAccount, currency }));
  const results = matchEntries(entries, items, (item) => item.journal.fromAccount);
  return { results: await freshResults(results, startedMs, context), idempotencyKey, replayed };
}

function checkedReverseBatch(batch: NewReverseBatch, check: InputCheck): NewReverseBatch {
  check.entries(['input', 'entries'], batch.entries);
  const entries = batch.entries.map((entry, index) => {
    const path = ['input', 'entries', index];
    check.amount([...path, 'amount'], entry.amount);
    check.description([...path, 'description'], entry.description);
    return { ...entry, fromAccount: check.account([...path, 'fromAccount'], entry.fromAccount) };
  });
  return { ...batch, entries, toAccount: check.account(['input', 'toAccount'], batch.toAccount) };
}
