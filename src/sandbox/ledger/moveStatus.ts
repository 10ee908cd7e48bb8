import { Refusal } from '../domain/Refusal.ts';
import type { Settings } from '../domain/SandboxOptions.ts';
import type { Books } from './Books.ts';
import type { Journal } from '../store/JournalTable.ts';
import type { EventLog } from './EventLog.ts';
import type { StatusWalk } from './StatusWalk.ts';
import { type JournalTable, Place } from '../store/JournalTable.ts';
import type { SandboxClock } from '../domain/SandboxClock.ts';

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
/** Where each status has what the journal moves; with any other word the sender has it. */
const places: ReadonlyMap<string, Place> = new Map([
  ['queued', Place.clearing],
  ['sent_to_clearing', Place.clearing],
  ['pending', Place.clearing],
  ['executed', Place.receiver],
  ['activity_created', Place.receiver],
]);

/**
 * What the API's operations staff does by hand: any status, with the books following.
 * Runs inside a transaction of its caller.
 *
 * @throws Refusal 409 when the journal is final, or the money that should come back is spent
 */
export function moveStatus(journal: Journal, move: Move, parts: MoveStatusParts): Moved {
  if (final.has(journal.status)) throw new Refusal(409, `journal ${journal.id} is ${journal.status}: that is final`);
  if (move.status === 'correct' && journal.posted !== Place.receiver) {
    throw new Refusal(409, `journal ${journal.id} is ${journal.status}: only an executed journal can be corrected`);
  }
  const carried = carry(journal, places.get(move.status) ?? Place.sender, parts);
  const changed = parts.walk.change(carried, move.status);
  return { journal: changed, replacement: move.status === 'correct' ? replace(journal, move.amount, parts) : null };
}

function carry(journal: Journal, place: Place, { books, clock }: MoveStatusParts): Journal {
  const carried = books.carry(journal, place, clock.now());
  if (carried) return carried;
  const lacking = journal.posted === Place.receiver ? journal.to_account : journal.from_account;
  throw new Refusal(409, `${lacking} lacks what journal ${journal.id} moves`);
}

/** A new id carries the corrected amount; no field links it to the old one. */
function replace(journal: Journal, amount: string, parts: MoveStatusParts): Journal {
  const { journals, eventLog, clock, settings } = parts;
  const fresh: Journal = {
    ...journal,
    id: settings.newId(),
    amount,
    status: 'executed',
    posted: Place.sender,
    created_at: clock.now(),
    idempotency_key: null,
    idempotency_key_type: null,
    due_at: null,
    due_status: null,
  };
  const replacement = carry(fresh, Place.receiver, parts);
  journals.insert(replacement);
  eventLog.record(replacement, '');
  return replacement;
}
