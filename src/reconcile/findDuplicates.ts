import { canonicalDecimal } from '../domain/decimal.ts';
import { instantMs } from '../domain/instant.ts';
import type { Journal } from '../domain/journal.ts';

import type { Duplicates } from './Reconciliation.ts';

/** The longest time between two journals that may result from one request that was sent twice, in ms. */
const longestGapMs = 60_000;

/** Finds journals that may have been created twice. Undated journals can't be compared. */
export function findDuplicates(journals: readonly Journal[]): Duplicates[] {
  const alike = new Map<string, DatedJournal[]>();
  for (const journal of journals.filter(isDated)) {
    const key = JSON.stringify([journal.fromAccount, journal.toAccount, amountOf(journal), journal.description ?? '']);
    const group = alike.get(key);
    if (group) group.push(journal);
    else alike.set(key, [journal]);
  }
  return [...alike.values()].flatMap(runsOf).map(duplicatesOf);
}

type DatedJournal = Journal & { createdAt: string };
type Run = [DatedJournal, ...DatedJournal[]];

function isDated(journal: Journal): journal is DatedJournal {
  return journal.createdAt !== null;
}

/** Returns the groups of journals in which each follows the previous one within a minute. */
function runsOf(journals: DatedJournal[]): Run[] {
  const runs: Run[] = [];
  for (const journal of journals.sort((one, other) => instantMs(one.createdAt) - instantMs(other.createdAt))) {
    const run = runs.at(-1);
    const last = run?.at(-1);
    if (run && last && instantMs(journal.createdAt) - instantMs(last.createdAt) <= longestGapMs) run.push(journal);
    else runs.push([journal]);
  }
  return runs.filter((run) => run.length > 1);
}

function duplicatesOf(run: Run): Duplicates {
  const [first] = run;
  return {
    fromAccount: first.fromAccount,
    toAccount: first.toAccount,
    amount: amountOf(first),
    description: first.description,
    journals: run.map(({ id, rawStatus, createdAt }) => ({ journalId: id, status: rawStatus, createdAt })),
  };
}

function amountOf(journal: Journal): string {
  if (journal.entryType === 'JNLS') return `${canonicalDecimal(journal.qty)} ${journal.symbol}`;
  const amount = journal.entryType === 'JNLC' ? canonicalDecimal(journal.netAmount) : journal.rawEntryType;
  return `${amount} ${journal.currency ?? ''}`.trim();
}
