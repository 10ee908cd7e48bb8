import type { SandboxClock } from '../SandboxClock.ts';
import { type Micros, microsPerMillisecond } from '../instant.ts';
import type { GroupCommit } from '../store/GroupCommit.ts';
import type { JournalTable } from '../store/JournalTable.ts';
import type { StatusWalk } from './StatusWalk.ts';

/** Steps that fall due this close together share one transaction. */
const shortestWaitMs = 5;
/** setTimeout takes no more than 24 days; an hour is as good. */
const longestWaitMs = 3_600_000;

export interface SettlementTimerParts {
  journals: JournalTable;
  walk: StatusWalk;
  commit: GroupCommit;
  clock: SandboxClock;
}

/** Lets due steps happen: by itself in real time, and whenever a test moves the clock. */
export class SettlementTimer {
  readonly #parts: SettlementTimerParts;
  #timer: NodeJS.Timeout | undefined;
  #timerDue: Micros = Infinity;
  #closed = false;

  constructor(parts: SettlementTimerParts) {
    this.#parts = parts;
  }

  /** Looks when the next step is due; called after every commit. */
  schedule(): void {
    const { journals, clock } = this.#parts;
    if (this.#closed || clock.manual) return;
    const due = journals.nextDueAt();
    if (due === null || due >= this.#timerDue) return;
    this.#disarm();
    this.#timerDue = due;
    const wait = Math.ceil((due - clock.now()) / microsPerMillisecond);
    this.#timer = setTimeout(() => this.#run(), Math.min(Math.max(wait, shortestWaitMs), longestWaitMs));
  }

  /** Moves the clock to an instant, each step on the way at its own time. Runs inside a transaction. */
  advanceTo(instant: Micros): void {
    const { journals, walk, clock } = this.#parts;
    for (let due = journals.nextDueAt(); due !== null && due <= instant; due = journals.nextDueAt()) {
      clock.forwardTo(due);
      walk.runDue(due);
    }
    clock.forwardTo(instant);
    this.#disarm();
  }

  /** Settles what waits for the end of the day, now. Runs inside a transaction. */
  endDay(): void {
    const { journals, walk, clock } = this.#parts;
    const now = clock.now();
    journals.hastenPending(now);
    walk.runDue(now);
    this.#disarm();
  }

  close(): void {
    this.#closed = true;
    this.#disarm();
  }

  #disarm(): void {
    clearTimeout(this.#timer);
    this.#timerDue = Infinity;
  }

  #run(): void {
    const { walk, commit, clock } = this.#parts;
    this.#timerDue = Infinity;
    // A failed commit changes nothing: the steps stay due and the next look takes them again.
    commit.run(() => walk.runDue(clock.now())).catch(() => undefined);
  }
}
