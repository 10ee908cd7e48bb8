import { assertAuthorized } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import type { Journal, JournalSides } from '../../domain/journal.ts';
import type { NewJNLC, NewJNLS, NewJournal } from '../../domain/newJournal.ts';

import { freshJournal } from './freshJournal.ts';
import { InputCheck } from './InputCheck.ts';
import { assertVisible } from './assertVisible.ts';
import { withinCaps } from './withinCaps.ts';

interface CreateJournalInput {
  jnlc?: NewJNLC | null;
  jnls?: NewJNLS | null;
}

export interface CreateJournalSuccess {
  journal: Journal;
  idempotencyKey: string;
  /** Whether this is the outcome of an earlier call with the same key; null if unknown. */
  replayed: boolean | null;
}

/** Creates one journal. @throws Refusal | Fault | ForbiddenError */
export async function createJournal(
  args: { input: CreateJournalInput; idempotencyKey?: string | null | undefined },
  context: OperationContext,
): Promise<CreateJournalSuccess> {
  const { parts, principal } = context;
  const check = new InputCheck();
  const idempotencyKey = check.idempotencyKey(args.idempotencyKey);
  const journal = checkedJournal(args.input, check);
  assertAuthorized(principal, { kind: 'createJournal', journals: [journal.jnlc ?? journal.jnls] });
  if (journal.jnls) assertAuthorized(principal, { kind: 'moveSymbol', symbol: journal.jnls.symbol });
  check.throwIfAny();

  const cash = journal.jnlc ? [journal.jnlc] : [];
  return withinCaps({ mutation: 'createJournal', idempotencyKey, cash }, context, async () => {
    const isMade = args.idempotencyKey == null;
    const sentKey = parts.idempotencyKeys.keyToSend(principal, idempotencyKey);
    const [answered, isReplay] = await parts.keyUses.note(
      { sentKey, isMade },
      () => parts.journals.create(journal, idempotencyKey, sentKey),
      (created) => [created],
    );
    assertVisible([answered], idempotencyKey, context);
    const fresh = await freshJournal(answered, isMade, context);
    // The journal may have a date only when it is read again, and not in the response to its create.
    return { journal: fresh, idempotencyKey, replayed: isReplay([answered, fresh]) };
  });
}

function checkedJournal({ jnlc, jnls }: CreateJournalInput, check: InputCheck): NewJournal {
  if (jnls) {
    check.securities(['input', 'jnls'], jnls);
    return { jnls: { ...jnls, ...checkedSides('jnls', jnls, check) } };
  }
  if (jnlc) {
    check.cash(['input', 'jnlc'], jnlc);
    return { jnlc: { ...jnlc, ...checkedSides('jnlc', jnlc, check) } };
  }
  throw new TypeError('the schema requires exactly one of jnlc and jnls');
}

function checkedSides(kind: string, { fromAccount, toAccount }: JournalSides, check: InputCheck): JournalSides {
  return {
    fromAccount: check.account(['input', kind, 'fromAccount'], fromAccount),
    toAccount: check.account(['input', kind, 'toAccount'], toAccount),
  };
}
