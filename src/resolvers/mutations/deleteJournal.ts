import { assertAuthorized, seesAllAccounts } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import { JournalNotFoundError } from '../../errors/refusals.ts';

import { InputCheck } from './InputCheck.ts';

/** Deletes a pending journal: it goes on as canceled. @throws Refusal | Fault | ForbiddenError */
export async function deleteJournal(args: { id: string }, context: OperationContext): Promise<{ journalId: string }> {
  assertAuthorized(context.principal, { kind: 'deleteJournal' });
  const check = new InputCheck();
  const journalId = check.account(['id'], args.id);
  check.throwIfAny();

  await mustBeVisible(journalId, context);
  try {
    await context.journals.delete(journalId);
  } finally {
    // Whatever was read of it before may be over.
    context.journalLoader.clear(journalId);
  }
  return { journalId };
}

/** A journal between other accounts is as one that doesn't exist. */
async function mustBeVisible(journalId: string, { principal, journalLoader }: OperationContext): Promise<void> {
  if (seesAllAccounts(principal)) return;
  if ((await journalLoader.load(journalId)) !== null) return;
  throw new JournalNotFoundError({ message: 'journal not found', requestId: null, upstreamCode: null });
}
