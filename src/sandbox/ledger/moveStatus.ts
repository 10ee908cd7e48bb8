import { Refusal } from '../api/Refusal.ts';
import type { StatusFlow, StatusFlowParts } from './StatusFlow.ts';
import { type Journal, Place } from '../store/JournalTable.ts';

export interface MoveStatusParts extends StatusFlowParts {
  statusFlow: StatusFlow;
}

export interface Move {
  status: string;
  /** For `correct`: the amount of the replacement journal. */
  amount: string;
}

export interface Moved {
  journal: Journal;
  /** For `correct`: the replacement journal, with a new id. */
  replacement: Journal | null;
}

const final = new Set(['canceled', 'deleted', 'correct']);
/** Where the journal's amount is in each status. In any other status the sender has it. */
const places: ReadonlyMap<string, Place> = new Map([
  ['queued', Place.clearing],
  ['sent_to_clearing', Place.clearing],
  ['pending', Place.clearing],
  ['executed', Place.receiver],
  ['activity_created', Place.receiver],
]);

/**
 * Sets any status, as the API's operations staff can, and moves the amount accordingly.
 * Callers provide the transaction.
 *
 * @throws Refusal 409 if the journal is final, or if the account to debit lacks the amount
 */
export function moveStatus(journal: Journal, move: Move, parts: MoveStatusParts): Moved {
  if (final.has(journal.status)) throw new Refusal(409, `journal ${journal.id} is ${journal.status}, which is final`);
  if (move.status === 'correct' && journal.posted !== Place.receiver) {
    throw new Refusal(409, `journal ${journal.id} is ${journal.status}: only an executed journal can be corrected`);
  }
  const carried = transferOrRefuse(journal, places.get(move.status) ?? Place.sender, parts);
  const changed = parts.statusFlow.change(carried, move.status);
  return { journal: changed, replacement: move.status === 'correct' ? replace(journal, move.amount, parts) : null };
}

function transferOrRefuse(journal: Journal, place: Place, { books, clock }: MoveStatusParts): Journal {
  const carried = books.transfer(journal, place, clock.now());
  if (carried) return carried;
  const lacking = journal.posted === Place.receiver ? journal.to_account : journal.from_account;
  throw new Refusal(409, `account ${lacking} lacks the amount of journal ${journal.id}`);
}

/** Creates a journal with the corrected amount and a new id. No field links it to the old one. */
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
  const replacement = transferOrRefuse(fresh, Place.receiver, parts);
  journals.insert(replacement);
  eventLog.record(replacement, '');
  return replacement;
}
