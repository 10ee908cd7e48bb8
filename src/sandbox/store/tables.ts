/**
 * The schema of the ledger. Money and quantities are decimal strings, times are whole microseconds.
 * A holding is an account's amount of one unit, such as `cash:USD` or `shares:AAPL`.
 * Journals and events are only deleted by a reset, which deletes all of them, and none has an earlier time than those
 * before it. So `seq` has no gaps and increases with time, and `firstSeqAt` finds a time by binary search, without an
 * index.
 */
export const tables = `
CREATE TABLE IF NOT EXISTS accounts (
  id TEXT PRIMARY KEY,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  number TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS holdings (
  account_id TEXT NOT NULL,
  unit TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (account_id, unit)
) WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS journals (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  entry_type TEXT NOT NULL,
  from_account TEXT NOT NULL,
  to_account TEXT NOT NULL,
  status TEXT NOT NULL,
  unit TEXT NOT NULL,
  amount TEXT NOT NULL,
  currency TEXT NOT NULL,
  price TEXT,
  description TEXT NOT NULL,
  transmitter TEXT,
  settle_date TEXT,
  system_date TEXT,
  created_at INTEGER NOT NULL,
  idempotency_key TEXT,
  idempotency_key_type TEXT,
  error_message TEXT,
  posted INTEGER NOT NULL,
  due_at INTEGER,
  due_status TEXT
);
CREATE INDEX IF NOT EXISTS journals_due ON journals (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS journals_from ON journals (from_account);
CREATE INDEX IF NOT EXISTS journals_to ON journals (to_account);

CREATE TABLE IF NOT EXISTS postings (
  seq INTEGER PRIMARY KEY,
  journal_id TEXT NOT NULL,
  account_id TEXT NOT NULL,
  unit TEXT NOT NULL,
  amount TEXT NOT NULL,
  at INTEGER NOT NULL
);

CREATE TABLE IF NOT EXISTS events (
  seq INTEGER PRIMARY KEY,
  ulid TEXT NOT NULL,
  legacy_ulid TEXT NOT NULL,
  at INTEGER NOT NULL,
  journal_id TEXT NOT NULL,
  status_from TEXT NOT NULL,
  status_to TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS idempotency_records (
  seq INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  fingerprint TEXT NOT NULL,
  answer TEXT NOT NULL
);

CREATE TABLE IF NOT EXISTS daily_use (
  account_id TEXT NOT NULL,
  unit TEXT NOT NULL,
  day TEXT NOT NULL,
  amount TEXT NOT NULL,
  PRIMARY KEY (account_id, unit, day)
) WITHOUT ROWID;
`;

export const tableNames = [
  'accounts',
  'holdings',
  'journals',
  'postings',
  'events',
  'idempotency_records',
  'daily_use',
] as const;
