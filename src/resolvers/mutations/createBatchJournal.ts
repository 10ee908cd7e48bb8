import { assertAuthorized } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import { EntryIdentity } from '../../domain/EntryIdentity.ts';
import type { Journal } from '../../domain/journal.ts';
import type { BatchItem, NewBatch } from '../../domain/newJournal.ts';

import { freshResults } from './freshJournal.ts';
import { InputCheck } from './InputCheck.ts';
import { matchEntries } from './matchEntries.ts';
import type { BatchSuccess } from './matchEntries.ts';
import { assertVisible } from './assertVisible.ts';
import { withinCaps } from './withinCaps.ts';

/** Pays many accounts from one. @throws Refusal | Fault | ForbiddenError */
export async function createBatchJournal(
  args: { input: NewBatch; idempotencyKey?: string | null | undefined },
  context: OperationContext,
): Promise<BatchSuccess> {
  const { parts, principal } = context;
  const check = new InputCheck();
  const idempotencyKey = check.idempotencyKey(args.idempotencyKey);
  const batch = checkedBatch(args.input, check);
  const journals = batch.entries.map(({ toAccount }) => ({ fromAccount: batch.fromAccount, toAccount }));
  assertAuthorized(principal, { kind: 'createJournal', journals });
  check.throwIfAny();

  const capped = { mutation: 'createBatchJournal', idempotencyKey, cash: batch.entries };
  return withinCaps(capped, context, async () => {
    const startedMs = parts.clock.earliestNow();
    const sentKey = parts.idempotencyKeys.keyToSend(principal, idempotencyKey);
    const [items, isReplay] = await parts.keyUses.note(
      { sentKey, isMade: args.idempotencyKey == null },
      () => parts.journals.createBatch(batch, idempotencyKey, sentKey),
      journalsOf,
    );
    assertVisible(journalsOf(items), idempotencyKey, context);
    const entries = batch.entries.map((entry) => new EntryIdentity({ ...entry, account: entry.toAccount }));
    const matched = matchEntries(entries, items, (item) => item.journal.toAccount);
    const results = await freshResults(matched, startedMs, context);
    return { results, idempotencyKey, replayed: isReplay([...journalsOf(items), ...journalsOf(results)]) };
  });
}

function journalsOf(items: readonly BatchItem[]): Journal[] {
  return items.map(({ journal }) => journal);
}

/**
 * Checks the batch and gives each entry a description: since 2026-08-05, the API reads the description of each entry
 * and ignores the description of the batch.
 */
function checkedBatch(batch: NewBatch, check: InputCheck): NewBatch {
  check.entries(['input', 'entries'], batch.entries);
  check.description(['input', 'description'], batch.description);
  check.oneCurrency(['input', 'entries'], batch.entries);
  const entries = batch.entries.map((entry, index) => {
    const path = ['input', 'entries', index];
    check.cash(path, entry);
    const description = entry.description || (batch.description ?? entry.description);
    return { ...entry, description, toAccount: check.account([...path, 'toAccount'], entry.toAccount) };
  });
  return { ...batch, entries, fromAccount: check.account(['input', 'fromAccount'], batch.fromAccount) };
}
