import type { SandboxClock } from '../values/SandboxClock.ts';
import { type Micros, longestTimerMs, microsPerMillisecond } from '../values/instant.ts';
import type { GroupCommit } from '../store/GroupCommit.ts';
import type { JournalTable } from '../store/JournalTable.ts';
import type { StatusFlow } from './StatusFlow.ts';

/** Status changes due within this time share a transaction. */
const shortestWaitMs = 5;
/** Delay before a retry, since a failure is likely to repeat at once. */
const waitAfterFailureMs = 1_000;

export interface SettlementTimerParts {
  journals: JournalTable;
  statusFlow: StatusFlow;
  commit: GroupCommit;
  clock: SandboxClock;
  onError: (error: unknown) => void;
}

/** Makes due status changes, by a timer in real time and when a test moves the clock. */
export class SettlementTimer {
  readonly #parts: SettlementTimerParts;
  #timer: NodeJS.Timeout | undefined;
  #timerDue: Micros = Infinity;
  #isRunning = false;
  #closed = false;

  constructor(parts: SettlementTimerParts) {
    this.#parts = parts;
  }

  /** Arms the timer for the next due change. Called after every commit. */
  schedule(shortestMs = shortestWaitMs): void {
    const { journals, clock } = this.#parts;
    if (this.#closed || this.#isRunning || clock.manual) return;
    const due = journals.nextDueAt();
    if (due === null || due >= this.#timerDue) return;
    this.#disarm();
    this.#timerDue = due;
    const wait = Math.ceil((due - clock.now()) / microsPerMillisecond);
    this.#timer = setTimeout(() => this.#run(), Math.min(Math.max(wait, shortestMs), longestTimerMs));
  }

  /** Moves the clock to an instant and makes each due change at its own time. Callers provide the transaction. */
  advanceTo(instant: Micros): void {
    const { journals, statusFlow, clock } = this.#parts;
    for (let due = journals.nextDueAt(); due !== null && due <= instant; due = journals.nextDueAt()) {
      clock.forwardTo(due);
      statusFlow.runDue(due);
    }
    clock.forwardTo(instant);
    this.#disarm();
  }

  /** Settles now what waits for the end of the day. Callers provide the transaction. */
  endDay(): void {
    const { journals, statusFlow, clock } = this.#parts;
    const now = clock.now();
    journals.makePendingDue(now);
    statusFlow.runDue(now);
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
    const { statusFlow, commit, clock, onError } = this.#parts;
    this.#timerDue = Infinity;
    this.#isRunning = true;
    commit
      .run(() => statusFlow.runDue(clock.now()))
      .then(
        () => this.#finishRun(shortestWaitMs),
        (error: unknown) => {
          onError(error);
          // A failed commit changes nothing, so the changes are still due and are retried.
          this.#finishRun(waitAfterFailureMs);
        },
      );
  }

  #finishRun(shortestMs: number): void {
    this.#isRunning = false;
    this.schedule(shortestMs);
  }
}
