import { setTimeout as wait } from 'node:timers/promises';

import { assertAuthorized } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import { progressOf } from '../../domain/journal.ts';
import type { JNLC, Journal, JournalProgress } from '../../domain/journal.ts';
import type { NewJNLC } from '../../domain/newJournal.ts';
import {
  IdempotencyConflictError,
  InsufficientAssetsError,
  JournalNotFoundError,
  JournalNotReversableError,
  OtherRefusalError,
} from '../../errors/refusals.ts';

import { assertVisible } from './assertVisible.ts';
import { findReversal, isReversal, reversalLabel } from './findReversal.ts';
import { freshJournal } from './freshJournal.ts';
import { InputCheck } from './InputCheck.ts';
import { withinCaps } from './withinCaps.ts';

export interface ReverseJournalSuccess {
  reversal: Journal;
  original: Journal;
  /** As in `CreateJournalSuccess`. */
  replayed: boolean | null;
}

/** Pauses before the searches for the reversal that has used the key, in ms: the API's list may lag behind. */
const conflictPausesMs = [0, 200, 800];

/**
 * Creates a journal that moves the cash of an executed journal back, at most once: the idempotency key is derived from
 * the original journal, and an existing reversal is searched for first, since keys expire.
 *
 * @throws Refusal | Fault | ForbiddenError
 */
export async function reverseJournal(
  { id, description }: { id: string; description?: string | null | undefined },
  context: OperationContext,
): Promise<ReverseJournalSuccess> {
  assertAuthorized(context.principal, { kind: 'reverseJournal' });
  const check = new InputCheck();
  const journalId = check.account(['id'], id);
  const label = reversalLabel({ id: journalId });
  const text = description?.trim() ? `${label}: ${description.trim()}` : label;
  check.description(['description'], text);
  check.throwIfAny();

  const original = await readReversable(journalId, context);
  const found = await findReversal(original, context);
  if (found) return { reversal: found, original, replayed: true };
  const idempotencyKey = context.parts.idempotencyKeys.keyOfReversal(original.id);
  const cash = [{ amount: original.netAmount, currency: original.currency }];
  return withinCaps({ mutation: 'reverseJournal', idempotencyKey, cash }, context, () => send(original, text, context));
}

/** Reads the journal and checks that the principal may reverse it and that it can be reversed. */
async function readReversable(journalId: string, context: OperationContext): Promise<JNLC> {
  // An earlier mutation of the operation may have changed the journal, so it is read again.
  const journal = await context.journalLoader.clear(journalId).load(journalId);
  if (!journal) throw new JournalNotFoundError({ message: 'journal not found' });
  const { fromAccount, toAccount } = journal;
  assertAuthorized(context.principal, {
    kind: 'createJournal',
    journals: [{ fromAccount: toAccount, toAccount: fromAccount }],
  });
  if (journal.entryType !== 'JNLC') throw new JournalNotReversableError(reasons.notCash, journal);
  const progress = progressOf(journal.status);
  if (progress !== 'DONE') throw new JournalNotReversableError(reasons[progress], journal);
  if (isReversal(journal)) throw new JournalNotReversableError(reasons.isReversal, journal);
  return journal;
}

const reasons: Record<Exclude<JournalProgress, 'DONE'> | 'notCash' | 'isReversal', string> = {
  notCash: 'the journal does not move cash: only cash journals can be reversed',
  isReversal: 'the journal is itself a reversal: to move the cash again, create a new journal',
  UNDER_WAY: 'the journal is not executed yet: wait for it, or delete it while it is pending',
  FAILED: 'the journal failed and moved nothing, so there is nothing to reverse',
  CORRECTED: 'the journal was replaced by another one: reverse that one',
  UNKNOWN: 'the status of the journal is unknown to the gateway, so it may not be executed',
};

async function send(original: JNLC, description: string, context: OperationContext): Promise<ReverseJournalSuccess> {
  const sentKey = context.parts.idempotencyKeys.keyOfReversal(original.id);
  const jnlc: NewJNLC = {
    fromAccount: original.toAccount,
    toAccount: original.fromAccount,
    amount: original.netAmount,
    currency: original.currency,
    description,
  };
  try {
    const [answered, isReplay] = await context.parts.keyUses.note(
      { sentKey, isMade: false },
      () => context.parts.journals.create({ jnlc }, sentKey),
      (created) => [created],
    );
    assertVisible([answered], sentKey, context);
    const reversal = await freshJournal(answered, false, context);
    return { reversal, original, replayed: isReplay([answered, reversal]) };
  } catch (error) {
    // A cash journal moves no assets, so these can't be insufficient.
    if (error instanceof InsufficientAssetsError) throw new OtherRefusalError(error);
    if (!(error instanceof IdempotencyConflictError)) throw error;
    return { reversal: await findConflicting(original, error, context), original, replayed: true };
  }
}

/**
 * Finds the reversal that has used the key. The key is derived from the journal, so a conflict means that a reversal
 * with a different description exists.
 */
async function findConflicting(
  original: JNLC,
  conflict: IdempotencyConflictError,
  context: OperationContext,
): Promise<Journal> {
  for (const pauseMs of conflictPausesMs) {
    await wait(pauseMs);
    const found = await findReversal(original, context);
    if (found) return found;
  }
  throw conflict;
}
