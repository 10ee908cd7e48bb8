import Database from 'libsql';

import { type Decimal, parseDecimal, zero } from '../../../src/sandbox/values/decimal.ts';
import { clearingAccountId } from '../../../src/sandbox/ledger/Books.ts';
import { seedAccounts } from '../../../src/sandbox/setup/seed.ts';

interface JournalRow {
  id: string;
  status: string;
  from_account: string;
  to_account: string;
  unit: string;
  amount: string;
}

interface EventRow {
  journal_id: string;
  status_from: string;
  status_to: string;
}

interface AmountRow {
  account_id: string;
  unit: string;
  amount: string;
}

const executed = new Set(['executed', 'activity_created']);
const inProgress = new Set(['queued', 'sent_to_clearing', 'pending']);

/** Reads a ledger's file directly and returns every inconsistency. */
export function auditLedger(file: string): string[] {
  const database = new Database(file);
  // A transaction gives one snapshot while the sandbox may be writing.
  database.exec('BEGIN');
  try {
    const rows = <Row>(table: string) => database.prepare(`SELECT * FROM ${table} ORDER BY rowid`).all() as Row[];
    const journals = rows<JournalRow>('journals');
    const holdings = database.prepare('SELECT * FROM holdings').all() as AmountRow[];
    return [
      ...auditEvents(journals, rows<EventRow>('events')),
      ...auditHoldings('journals', holdings, movesOf(journals)),
      ...auditHoldings('postings', holdings, rows<AmountRow>('postings')),
      ...auditPairs(rows<AmountRow & { journal_id: string }>('postings')),
    ];
  } finally {
    database.exec('COMMIT');
    database.close();
  }
}

/** Each journal's events must form a chain from `''` to its status. */
function auditEvents(journals: readonly JournalRow[], events: readonly EventRow[]): string[] {
  const problems: string[] = [];
  const last = new Map<string, string>();
  for (const event of events) {
    const before = last.get(event.journal_id) ?? '';
    if (event.status_from !== before) {
      problems.push(`journal ${event.journal_id}: event from ${event.status_from} after ${before}`);
    }
    last.set(event.journal_id, event.status_to);
  }
  for (const { id, status } of journals) {
    if (last.get(id) !== status)
      problems.push(`journal ${id}: is ${status}, its last event says ${last.get(id) ?? 'nothing'}`);
    last.delete(id);
  }
  return [...problems, ...[...last.keys()].map((id) => `events without a journal: ${id}`)];
}

/** The movements that the journals imply: to the receiver if executed, to clearing if in progress. */
function movesOf(journals: readonly JournalRow[]): AmountRow[] {
  return journals
    .filter(({ status }) => executed.has(status) || inProgress.has(status))
    .flatMap(({ status, from_account, to_account, unit, amount }) => [
      { account_id: from_account, unit, amount: `-${amount}` },
      { account_id: executed.has(status) ? to_account : clearingAccountId, unit, amount },
    ]);
}

/** Every holding must equal the seed plus the movements, and must not be negative. */
function auditHoldings(name: string, holdings: readonly AmountRow[], moves: readonly AmountRow[]): string[] {
  const expected = new Map<string, Decimal>();
  const enter = ({ account_id, unit, amount }: AmountRow) => {
    const key = `${account_id} ${unit}`;
    expected.set(key, (expected.get(key) ?? zero).plus(decimal(amount)));
  };
  seeded().forEach(enter);
  moves.forEach(enter);
  const held = new Map(holdings.map(({ account_id, unit, amount }) => [`${account_id} ${unit}`, decimal(amount)]));
  // A missing holding counts as zero.
  return [...new Set([...held.keys(), ...expected.keys()])].flatMap((key) => {
    const [amount, wanted] = [held.get(key) ?? zero, expected.get(key) ?? zero];
    if (amount.lt(zero)) return [`${key}: ${amount.toFixed()} is negative`];
    if (amount.eq(wanted)) return [];
    return [`${key}: ${amount.toFixed()}, expected ${wanted.toFixed()} from the ${name}`];
  });
}

/** The postings of each journal must add up to zero. */
function auditPairs(postings: readonly (AmountRow & { journal_id: string })[]): string[] {
  const sums = new Map<string, Decimal>();
  for (const { journal_id, amount } of postings) {
    sums.set(journal_id, (sums.get(journal_id) ?? zero).plus(decimal(amount)));
  }
  return [...sums].filter(([, sum]) => !sum.eq(zero)).map(([id]) => `journal ${id}: its postings do not cancel out`);
}

function seeded(): AmountRow[] {
  return seedAccounts.flatMap(({ id, cash, shares }) => [
    ...Object.entries(cash).map(([unit, amount]) => ({ account_id: id, unit: `cash:${unit}`, amount })),
    ...Object.entries(shares).map(([unit, amount]) => ({ account_id: id, unit: `shares:${unit}`, amount })),
  ]);
}

function decimal(text: string): Decimal {
  const value = parseDecimal(text);
  if (!value) throw new Error(`not a decimal: ${text}`);
  return value;
}
