import { formatDate } from '../instant.ts';
import { Refusal } from '../Refusal.ts';
import type { Settings } from '../SandboxOptions.ts';
import type { Books } from './Books.ts';
import type { EventLog, Journal } from './EventLog.ts';
import type { StatusWalk } from './StatusWalk.ts';
import type { JournalTable } from '../store/JournalTable.ts';
import type { SandboxClock } from '../SandboxClock.ts';

export interface MoveStatusParts {
  journals: JournalTable;
  books: Books;
  walk: StatusWalk;
  eventLog: EventLog;
  clock: SandboxClock;
  settings: Settings;
}

export interface Move {
  status: string;
  /** For `correct`: what the journal that replaces this one moves. */
  amount: string;
}

export interface Moved {
  journal: Journal;
  /** For `correct`: the journal with the new id. */
  replacement: Journal | null;
}

const final = new Set(['canceled', 'deleted', 'correct']);
const withBooksMoved = new Set(['executed', 'activity_created']);

/**
 * What the API's operations staff does by hand: any status, with the books following.
 * Runs inside a transaction of its caller.
 *
 * @throws Refusal 409 when the journal is final, or the money that should come back is spent
 */
export function moveStatus(journal: Journal, move: Move, parts: MoveStatusParts): Moved {
  if (final.has(journal.status)) throw new Refusal(409, `journal ${journal.id} is ${journal.status}: that is final`);
  if (move.status === 'correct' && journal.posted === 0) {
    throw new Refusal(409, `journal ${journal.id} is ${journal.status}: only an executed journal can be corrected`);
  }
  const settled = withBooksMoved.has(move.status) ? posted(journal, parts) : unposted(journal, parts);
  const changed = parts.walk.change(settled, move.status);
  return { journal: changed, replacement: move.status === 'correct' ? replace(journal, move.amount, parts) : null };
}

function posted(journal: Journal, { books, clock }: MoveStatusParts): Journal {
  if (journal.posted === 1) return journal;
  const now = clock.now();
  if (!books.post(journal, now))
    throw new Refusal(409, `${journal.from_account} lacks what journal ${journal.id} moves`);
  const date = formatDate(now);
  return { ...journal, posted: 1, settle_date: date, system_date: date };
}

function unposted(journal: Journal, { books, clock }: MoveStatusParts): Journal {
  if (journal.posted === 0) return journal;
  if (books.reverse(journal, clock.now())) return { ...journal, posted: 0 };
  throw new Refusal(409, `${journal.to_account} no longer has what journal ${journal.id} moved`);
}

/** A new id carries the corrected amount; no field links it to the old one. */
function replace(journal: Journal, amount: string, parts: MoveStatusParts): Journal {
  const { journals, eventLog, clock, settings } = parts;
  const fresh: Journal = {
    ...journal,
    id: settings.newId(),
    amount,
    status: 'executed',
    posted: 0,
    created_at: clock.now(),
    idempotency_key: null,
    idempotency_key_type: null,
    due_at: null,
    due_status: null,
  };
  const replacement = posted(fresh, parts);
  journals.insert(replacement);
  eventLog.record(replacement, '');
  return replacement;
}
