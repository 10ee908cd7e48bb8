import { assertAuthorized, seesAllAccounts } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import { JournalNotFoundError } from '../../errors/refusals.ts';

import { InputCheck } from './InputCheck.ts';

/** Deletes a pending journal, which is then canceled. @throws Refusal | Fault | ForbiddenError */
export async function deleteJournal(args: { id: string }, context: OperationContext): Promise<{ journalId: string }> {
  const { parts, principal, journalLoader } = context;
  assertAuthorized(principal, { kind: 'deleteJournal' });
  const check = new InputCheck();
  const journalId = check.account(['id'], args.id);
  check.throwIfAny();

  // A journal between other accounts is treated as missing.
  if (!seesAllAccounts(principal) && !(await journalLoader.load(journalId))) {
    throw new JournalNotFoundError({ message: 'journal not found' });
  }
  try {
    await parts.journals.delete(journalId);
  } finally {
    // What the operation has read of the journal before is outdated.
    journalLoader.clear(journalId);
  }
  return { journalId };
}
