import type { SandboxClock } from '../SandboxClock.ts';
import type { Settings } from '../SandboxOptions.ts';
import { type Micros, endOfDay, formatDate, microsPerMillisecond } from '../instant.ts';
import type { JournalTable } from '../store/JournalTable.ts';
import type { Books } from './Books.ts';
import type { EventLog, Journal } from './EventLog.ts';

/** How a new journal sets out; `at-once` is the v2 flow of a single JNLC. */
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
    const first: Journal = { ...draft, status: course === 'refused' ? 'refused' : 'queued' };
    if (course === 'at-once') return this.#beginExecuted(draft);
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
    return this.change(journal, status, status === 'sent_to_clearing' ? this.#next('executed') : {});
  }

  /** Posts and executes; a sender that lacks the money or shares by now gets its journal refused. */
  execute(journal: Journal): Journal {
    const { books, clock, settings } = this.#parts;
    const now = clock.now();
    if (!books.post(journal, now)) return this.change(journal, 'refused');
    const date = formatDate(now);
    const posted: Journal = { ...journal, posted: 1, settle_date: date, system_date: date };
    const goesOn = settings.jnlcFlow === 'v2' && journal.entry_type === 'JNLC';
    return this.change(posted, 'executed', goesOn ? this.#next('activity_created') : {});
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
    const { journals, eventLog, books, clock, settings } = this.#parts;
    const now = clock.now();
    const date = formatDate(now);
    const posted: Journal = { ...draft, ...this.#next('activity_created'), status: 'executed', posted: 1 };
    const journal: Journal = { ...posted, settle_date: date, system_date: date };
    journals.insert(journal);
    eventLog.record(journal, '');
    if (!books.post(journal, now)) throw new Error(`journal ${journal.id}: its balance was not checked`);
    if (settings.settleDelayMs === 0) this.#walkToEnd(journal);
    return journal;
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
