import { assertAuthorized, seesAllAccounts } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import { JournalNotFoundError } from '../../errors/refusals.ts';

import { InputCheck } from './InputCheck.ts';

/** Deletes a pending journal, which is then canceled. @throws Refusal | Fault | ForbiddenError */
export async function deleteJournal(args: { id: string }, context: OperationContext): Promise<{ journalId: string }> {
  assertAuthorized(context.principal, { kind: 'deleteJournal' });
  const check = new InputCheck();
  const journalId = check.account(['id'], args.id);
  check.throwIfAny();

  await assertJournalVisible(journalId, context);
  try {
    await context.parts.journals.delete(journalId);
  } finally {
    // The operation's earlier reads of it are outdated.
    context.journalLoader.clear(journalId);
  }
  return { journalId };
}

/** A journal between other accounts is treated as missing. */
async function assertJournalVisible(journalId: string, { principal, journalLoader }: OperationContext): Promise<void> {
  if (seesAllAccounts(principal)) return;
  if ((await journalLoader.load(journalId)) !== null) return;
  throw new JournalNotFoundError({ message: 'journal not found', requestId: null, upstreamCode: null });
}
