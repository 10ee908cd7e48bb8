import type { SandboxClock } from '../domain/SandboxClock.ts';
import { type Micros, microsPerMillisecond } from '../domain/instant.ts';
import type { GroupCommit } from '../store/GroupCommit.ts';
import type { JournalTable } from '../store/JournalTable.ts';
import type { StatusWalk } from './StatusWalk.ts';

/** Steps that fall due this close together share one transaction. */
const shortestWaitMs = 5;
/** After a failure, which the next look is likely to meet again. */
const waitAfterFailureMs = 1_000;
/** setTimeout takes no more than 24 days; an hour is as good. */
const longestWaitMs = 3_600_000;

export interface SettlementTimerParts {
  journals: JournalTable;
  walk: StatusWalk;
  commit: GroupCommit;
  clock: SandboxClock;
  onError: (error: unknown) => void;
}

/** Lets due steps happen: by itself in real time, and whenever a test moves the clock. */
export class SettlementTimer {
  readonly #parts: SettlementTimerParts;
  #timer: NodeJS.Timeout | undefined;
  #timerDue: Micros = Infinity;
  #isRunning = false;
  #closed = false;

  constructor(parts: SettlementTimerParts) {
    this.#parts = parts;
  }

  /** Looks when the next step is due; called after every commit. */
  schedule(shortestMs = shortestWaitMs): void {
    const { journals, clock } = this.#parts;
    if (this.#closed || this.#isRunning || clock.manual) return;
    const due = journals.nextDueAt();
    if (due === null || due >= this.#timerDue) return;
    this.#disarm();
    this.#timerDue = due;
    const wait = Math.ceil((due - clock.now()) / microsPerMillisecond);
    this.#timer = setTimeout(() => this.#run(), Math.min(Math.max(wait, shortestMs), longestWaitMs));
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
    const { walk, commit, clock, onError } = this.#parts;
    this.#timerDue = Infinity;
    this.#isRunning = true;
    commit
      .run(() => walk.runDue(clock.now()))
      .then(
        () => this.#ran(shortestWaitMs),
        (error: unknown) => {
          onError(error);
          // A failed commit changes nothing: the steps stay due and the next look takes them again.
          this.#ran(waitAfterFailureMs);
        },
      );
  }

  #ran(shortestMs: number): void {
    this.#isRunning = false;
    this.schedule(shortestMs);
  }
}
