import { assertAuthorized } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import { EntryIdentity } from '../../domain/EntryIdentity.ts';
import type { NewReverseBatch } from '../../domain/newJournal.ts';

import { freshResults } from './freshJournal.ts';
import { InputCheck } from './InputCheck.ts';
import { matchEntries } from './matchEntries.ts';
import type { BatchSuccess } from './matchEntries.ts';
import { withinCaps } from './withinCaps.ts';

/**
 * Pays one account from many. The API takes no idempotency key here, so `ReverseBatches` makes sure that the batch of a
 * key is sent only once.
 *
 * @throws Refusal | Fault | ForbiddenError
 */
export async function createReverseBatchJournal(
  args: { input: NewReverseBatch; idempotencyKey?: string | null | undefined },
  context: OperationContext,
): Promise<BatchSuccess> {
  const { parts, principal } = context;
  const check = new InputCheck();
  const idempotencyKey = check.idempotencyKey(args.idempotencyKey);
  const batch = checkedReverseBatch(args.input, check);
  const journals = batch.entries.map(({ fromAccount }) => ({ fromAccount, toAccount: batch.toAccount }));
  assertAuthorized(principal, { kind: 'createJournal', journals });
  check.throwIfAny();

  const { currency } = batch;
  const cash = batch.entries.map(({ amount }) => ({ amount, currency }));
  return withinCaps({ mutation: 'createReverseBatchJournal', idempotencyKey, cash }, context, async () => {
    const startedMs = parts.clock.earliestNow();
    const { items, replayed } = await parts.reverseBatches.create(principal.name, idempotencyKey, batch);
    const entries = batch.entries.map((entry) => new EntryIdentity({ ...entry, account: entry.fromAccount, currency }));
    const results = matchEntries(entries, items, (item) => item.journal.fromAccount);
    return { results: await freshResults(results, startedMs, context), idempotencyKey, replayed };
  });
}

function checkedReverseBatch(batch: NewReverseBatch, check: InputCheck): NewReverseBatch {
  check.entries(['input', 'entries'], batch.entries);
  const entries = batch.entries.map((entry, index) => {
    const path = ['input', 'entries', index];
    check.cash(path, entry);
    return { ...entry, fromAccount: check.account([...path, 'fromAccount'], entry.fromAccount) };
  });
  return { ...batch, entries, toAccount: check.account(['input', 'toAccount'], batch.toAccount) };
}
