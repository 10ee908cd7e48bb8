import type { SandboxClock } from '../values/SandboxClock.ts';
import { type Micros, longestTimerMs, microsPerMillisecond } from '../values/instant.ts';
import type { GroupCommit } from '../store/GroupCommit.ts';
import type { JournalTable } from '../store/JournalTable.ts';
import type { StatusFlow } from './StatusFlow.ts';

/** The shortest wait for a due change, so that status changes due within this time share a transaction. */
const shortestWaitMs = 5;
/** The wait before a failed run is retried, since an immediate retry would probably fail, too. */
const waitAfterFailureMs = 1_000;

export interface SettlementTimerParts {
  journals: JournalTable;
  statusFlow: StatusFlow;
  commit: GroupCommit;
  clock: SandboxClock;
  onError: (error: unknown) => void;
}

/** Makes status changes when they are due: by a timer if the clock is real, and whenever the clock is moved. */
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

  /**
   * Moves the clock to an instant and makes each change due by then at its own time. Callers provide the transaction.
   */
  advanceTo(instant: Micros): void {
    const { journals, statusFlow, clock } = this.#parts;
    for (let due = journals.nextDueAt(); due !== null && due <= instant; due = journals.nextDueAt()) {
      clock.forwardTo(due);
      statusFlow.runDue(due);
    }
    clock.forwardTo(instant);
    this.#disarm();
  }

  /** Immediately makes the status changes that wait for the end of the day. Callers provide the transaction. */
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
