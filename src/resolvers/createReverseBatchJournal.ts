import { demand } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { canonicalDecimal } from '../domain/decimal.ts';
import type { NewReverseBatch } from '../domain/newJournal.ts';
import { Refusal } from '../domain/refusals.ts';
import { RateLimitedError, UpstreamUnavailableError } from '../upstream/faults.ts';

import { freshResults } from './freshJournal.ts';
import { idempotencyKeyOf } from './idempotencyKeyOf.ts';
import { InputCheck } from './InputCheck.ts';
import { matchEntries } from './matchEntries.ts';
import type { BatchJournalResult } from './matchEntries.ts';

export interface CreateReverseBatchJournalArguments {
  input: NewReverseBatch;
  idempotencyKey?: string | null | undefined;
}

export interface CreateReverseBatchJournalSuccess {
  results: BatchJournalResult[];
  idempotencyKey: string;
}

/**
 * Many accounts pay one. The API knows no key here, so the outcome store keeps a key from being sent twice.
 *
 * @throws Refusal | Fault | ForbiddenError
 */
export async function createReverseBatchJournal(
  args: CreateReverseBatchJournalArguments,
  context: OperationContext,
): Promise<CreateReverseBatchJournalSuccess> {
  const check = new InputCheck();
  const idempotencyKey = idempotencyKeyOf(args.idempotencyKey, check);
  const batch = checkedReverseBatch(args.input, check);
  const fromAccounts = batch.entries.map((entry) => entry.fromAccount);
  demand(context.principal, { kind: 'createJournal', fromAccounts });
  check.throwIfAny();

  const startedMs = Date.now();
  const items = await context.outcomes.once(
    JSON.stringify([context.principal.name, idempotencyKey]),
    idempotencyKey,
    identityOf(batch),
    () => context.journals.createReverseBatch(batch, idempotencyKey),
    isNotDone,
  );
  const entries = batch.entries.map((entry) => ({
    account: entry.fromAccount,
    amount: entry.amount,
    description: entry.description ?? '',
  }));
  const results = matchEntries(entries, items, (item) => item.journal.fromAccount);
  return { results: await freshResults(results, startedMs, context), idempotencyKey };
}

/** What makes two inputs the same request: not the spelling of an amount, nor whether null was said or left out. */
function identityOf({ toAccount, currency, entries }: NewReverseBatch): unknown {
  return [
    toAccount,
    currency ?? null,
    entries.map((entry) => [entry.fromAccount, canonicalDecimal(entry.amount), entry.description ?? null]),
  ];
}

function isNotDone(error: unknown): boolean {
  return error instanceof Refusal || error instanceof RateLimitedError || error instanceof UpstreamUnavailableError;
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
