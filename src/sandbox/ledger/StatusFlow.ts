import type { SandboxClock } from '../values/SandboxClock.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { type Micros, endOfDay, microsPerMillisecond } from '../values/instant.ts';
import { type Journal, type JournalTable, Place } from '../store/JournalTable.ts';
import type { Books } from './Books.ts';
import type { EventLog } from './EventLog.ts';

/** The statuses that a new journal goes through. Only `v2`, the flow of a single JNLC, ends at `activity_created`. */
export type Flow = 'classic' | 'v2' | 'pending-then-executed' | 'pending-then-rejected' | 'pending' | 'refused';

export interface StatusFlowParts {
  journals: JournalTable;
  books: Books;
  eventLog: EventLog;
  clock: SandboxClock;
  settings: Settings;
}

/** Number of due journals read per query, which bounds memory. */
const dueBatchSize = 1_000;

/**
 * Moves journals through the statuses of their flow. Every change is written with its postings and event. Callers
 * provide the transaction.
 */
export class StatusFlow {
  readonly #parts: StatusFlowParts;

  constructor(parts: StatusFlowParts) {
    this.#parts = parts;
  }

  /** Inserts a new journal and returns it with the status for the response. */
  begin(draft: Journal, flow: Flow): Journal {
    const { journals, eventLog, settings, clock } = this.#parts;
    const journal = this.#first(draft, flow);
    journals.insert(journal);
    eventLog.record(journal, '');
    if (flow === 'pending') return this.change(journal, 'pending');
    if (flow === 'pending-then-executed' || flow === 'pending-then-rejected') {
      const due_status = flow === 'pending-then-rejected' ? 'rejected' : 'executed';
      return this.change(journal, 'pending', { due_at: endOfDay(clock.now()), due_status });
    }
    // Without a delay, all status changes happen now, but the response still has the first status.
    if (settings.settleDelayMs === 0) this.#runToEnd(journal);
    return journal;
  }

  /** Makes the status change that is scheduled for a journal. */
  step(journal: Journal): Journal {
    const status = journal.due_status ?? journal.status;
    if (status === 'executed') return this.execute(journal);
    if (status === 'rejected') return this.returnToSender(journal, status);
    return this.change(journal, status, status === 'sent_to_clearing' ? this.#schedule('executed') : {});
  }

  /** Executes a journal and credits the receiver. */
  execute(journal: Journal): Journal {
    const executed = this.#parts.books.transfer(journal, Place.receiver, this.#parts.clock.now());
    // The amount can be missing only in a ledger of an older version: now the sender is debited at creation.
    return executed ? this.change(executed, 'executed') : this.change(journal, 'refused');
  }

  /** Ends a journal without executing it and returns the amount to the sender. */
  returnToSender(journal: Journal, status: string): Journal {
    return this.change(this.#transfer(journal, Place.sender), status);
  }

  /** Writes a status and its event. Without `next` no further change is scheduled. */
  change(journal: Journal, status: string, next: Partial<Pick<Journal, 'due_at' | 'due_status'>> = {}): Journal {
    const changed: Journal = { ...journal, due_at: null, due_status: null, ...next, status };
    this.#parts.journals.update(changed);
    this.#parts.eventLog.record(changed, journal.status);
    return changed;
  }

  /** Makes every status change that is due, in order. */
  runDue(now: Micros): void {
    for (;;) {
      const due = this.#parts.journals.due(now, dueBatchSize);
      for (const journal of due) this.step(journal);
      if (due.length < dueBatchSize) return;
    }
  }

  /** Moves the amount of a new journal and returns the journal with its first status. */
  #first(draft: Journal, flow: Flow): Journal {
    if (flow === 'refused') return { ...draft, status: 'refused' };
    if (flow === 'v2') {
      return { ...this.#transfer(draft, Place.receiver), ...this.#schedule('activity_created'), status: 'executed' };
    }
    const next = flow === 'classic' ? this.#schedule('sent_to_clearing') : {};
    return { ...this.#transfer(draft, Place.clearing), ...next, status: 'queued' };
  }

  /** Makes a transfer that can't fail: a new journal's balance has been checked, and clearing has what was debited. */
  #transfer(journal: Journal, place: Place): Journal {
    const { books, clock } = this.#parts;
    const carried = books.transfer(journal, place, clock.now());
    if (!carried) throw new Error(`journal ${journal.id}: the amount to move is missing`);
    return carried;
  }

  #runToEnd(journal: Journal): void {
    let current = journal;
    while (current.due_status !== null) current = this.step(current);
  }

  #schedule(due_status: string): Pick<Journal, 'due_at' | 'due_status'> {
    const { clock, settings } = this.#parts;
    return { due_at: clock.now() + Math.round(settings.settleDelayMs * microsPerMillisecond), due_status };
  }
}
