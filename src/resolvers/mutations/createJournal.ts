import { assertAuthorized } from '../../auth/authorize.ts';
import type { OperationContext } from '../../context.ts';
import type { Journal } from '../../domain/journal.ts';
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
    // A read may date a journal that the answer to its create leaves undated.
    return { journal: fresh, idempotencyKey, replayed: isReplay([answered, fresh]) };
  });
}

function checkedJournal({ jnlc, jnls }: CreateJournalInput, check: InputCheck): NewJournal {
  if (jnls) return { jnls: checkedJNLS(jnls, check) };
  if (jnlc) return { jnlc: checkedJNLC(jnlc, check) };
  throw new TypeError('the schema requires exactly one of jnlc and jnls');
}

function checkedJNLC(jnlc: NewJNLC, check: InputCheck): NewJNLC {
  const path = ['input', 'jnlc'];
  check.amount([...path, 'amount'], jnlc.amount);
  check.description([...path, 'description'], jnlc.description);
  check.transmitter(path, jnlc);
  return { ...jnlc, ...checkedSides(path, jnlc, check) };
}

function checkedJNLS(jnls: NewJNLS, check: InputCheck): NewJNLS {
  const path = ['input', 'jnls'];
  check.symbol([...path, 'symbol'], jnls.symbol);
  check.qty([...path, 'qty'], jnls.qty);
  check.description([...path, 'description'], jnls.description);
  return { ...jnls, ...checkedSides(path, jnls, check) };
}

function checkedSides(path: string[], sides: { fromAccount: string; toAccount: string }, check: InputCheck) {
  return {
    fromAccount: check.account([...path, 'fromAccount'], sides.fromAccount),
    toAccount: check.account([...path, 'toAccount'], sides.toAccount),
  };
}
