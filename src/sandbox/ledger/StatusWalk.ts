import type { SandboxClock } from '../domain/SandboxClock.ts';
import type { Settings } from '../domain/SandboxOptions.ts';
import { type Micros, endOfDay, microsPerMillisecond } from '../domain/instant.ts';
import { type JournalTable, Place } from '../store/JournalTable.ts';
import type { Books } from './Books.ts';
import type { Journal } from '../store/JournalTable.ts';
import type { EventLog } from './EventLog.ts';

/** How a new journal sets out; `at-once` is the v2 flow of a single JNLC, which alone goes on to `activity_created`. */
export type Course = 'walk' | 'at-once' | 'pending-then-executed' | 'pending-then-rejected' | 'pending' | 'refused';

export interface StatusWalkParts {
  journals: JournalTable;
  books: Books;
  eventLog: EventLog;
  clock: SandboxClock;
  settings: Settings;
}

/** Rows of one look at what is due: bounds memory, not work. */
const dueAtOnce = 1_000;

/**
 * Moves journals through their statuses: queued, sent_to_clearing, executed, or pending until the end of the day.
 * Every change is written with its postings and its event; callers hold the transaction.
 */
export class StatusWalk {
  readonly #parts: StatusWalkParts;

  constructor(parts: StatusWalkParts) {
    this.#parts = parts;
  }

  /** Enters a new journal. Returns it as the create's answer shows it. */
  begin(draft: Journal, course: Course): Journal {
    const { journals, eventLog, settings, clock } = this.#parts;
    if (course === 'at-once') return this.#beginExecuted(draft);
    const first: Journal =
      course === 'refused'
        ? { ...draft, status: 'refused' }
        : { ...this.#carry(draft, Place.clearing), status: 'queued' };
    const journal: Journal = course === 'walk' ? { ...first, ...this.#next('sent_to_clearing') } : first;
    journals.insert(journal);
    eventLog.record(journal, '');
    if (course === 'walk') {
      // Without a delay the walk ends here, but the answer still tells the status at creation.
      if (settings.settleDelayMs === 0) this.#walkToEnd(journal);
      return journal;
    }
    if (course === 'refused') return journal;
    if (course === 'pending') return this.change(journal, 'pending');
    const due_status = course === 'pending-then-rejected' ? 'rejected' : 'executed';
    return this.change(journal, 'pending', { due_at: endOfDay(clock.now()), due_status });
  }

  /** Takes one due step. */
  step(journal: Journal): Journal {
    const status = journal.due_status ?? journal.status;
    if (status === 'executed') return this.execute(journal);
    if (status === 'rejected') return this.giveUp(journal, status);
    return this.change(journal, status, status === 'sent_to_clearing' ? this.#next('executed') : {});
  }

  /** Gives the receiver what the journal moves. */
  execute(journal: Journal): Journal {
    const executed = this.#parts.books.carry(journal, Place.receiver, this.#parts.clock.now());
    // Only the ledger of an older version can lack it: what was created since is in clearing.
    return executed ? this.change(executed, 'executed') : this.change(journal, 'refused');
  }

  /** Ends a journal that was not executed: the sender gets back what was taken. */
  giveUp(journal: Journal, status: string): Journal {
    return this.change(this.#carry(journal, Place.sender), status);
  }

  /** Writes a status with its event; without `next` the journal stays there. */
  change(journal: Journal, status: string, next: Partial<Pick<Journal, 'due_at' | 'due_status'>> = {}): Journal {
    const changed: Journal = { ...journal, due_at: null, due_status: null, ...next, status };
    this.#parts.journals.update(changed);
    this.#parts.eventLog.record(changed, journal.status);
    return changed;
  }

  /** Takes every step that is due at an instant, in order. */
  runDue(now: Micros): void {
    for (;;) {
      const due = this.#parts.journals.due(now, dueAtOnce);
      for (const journal of due) this.step(journal);
      if (due.length < dueAtOnce) return;
    }
  }

  #beginExecuted(draft: Journal): Journal {
    const { journals, eventLog, settings } = this.#parts;
    const posted = this.#carry(draft, Place.receiver);
    const journal: Journal = { ...posted, ...this.#next('activity_created'), status: 'executed' };
    journals.insert(journal);
    eventLog.record(journal, '');
    if (settings.settleDelayMs === 0) this.#walkToEnd(journal);
    return journal;
  }

  /** For moves that can't fail: the rules saw the balance of a new journal, and clearing has what it was given. */
  #carry(journal: Journal, place: Place): Journal {
    const { books, clock } = this.#parts;
    const carried = books.carry(journal, place, clock.now());
    if (!carried) throw new Error(`journal ${journal.id}: what it moves is missing`);
    return carried;
  }

  #walkToEnd(journal: Journal): void {
    let current = journal;
    while (current.due_status !== null) current = this.step(current);
  }

  #next(due_status: string): Pick<Journal, 'due_at' | 'due_status'> {
    const { clock, settings } = this.#parts;
    return { due_at: clock.now() + Math.round(settings.settleDelayMs * microsPerMillisecond), due_status };
  }
}
