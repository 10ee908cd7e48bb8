import type { Store } from './Store.ts';

interface Job {
  work: () => unknown;
  settle: (outcome: Outcome) => void;
}

type Outcome = { done: unknown } | { failed: unknown };

/**
 * Commits all changes from one turn of the event loop in one transaction, and therefore with one disk write.
 * A change that throws is rolled back alone.
 */
export class GroupCommit {
  readonly #store: Store;
  readonly #afterCommit: () => void;
  #jobs: Job[] = [];
  #isClosed = false;

  /** @param afterCommit called after every transaction, even a failed one, before the promises of its changes settle */
  constructor(store: Store, afterCommit: () => void) {
    this.#store = store;
    this.#afterCommit = afterCommit;
  }

  /** Runs `work` in the next transaction. Resolves with its result when it is on disk. Rejects after `close`. */
  run<Result>(work: () => Result): Promise<Result> {
    // A delayed request can get here after the ledger was closed.
    if (this.#isClosed) return Promise.reject(new Error('the ledger is closed'));
    return new Promise((resolve, reject) => {
      let result: { value: Result } | undefined;
      const job: Job = {
        work: () => {
          result = { value: work() };
        },
        settle: (outcome) => {
          if ('failed' in outcome) reject(asError(outcome.failed));
          else if (result) resolve(result.value);
        },
      };
      if (this.#jobs.push(job) === 1) setImmediate(() => this.#flush());
    });
  }

  /** Commits pending changes and accepts no more. */
  close(): void {
    this.#isClosed = true;
    this.#flush();
  }

  #flush(): void {
    const jobs = this.#jobs;
    this.#jobs = [];
    if (jobs.length === 0) return;
    let outcomes: Outcome[];
    try {
      outcomes = this.#commit(jobs);
    } catch (error) {
      outcomes = jobs.map(() => ({ failed: error }));
    }
    try {
      this.#afterCommit();
    } finally {
      jobs.forEach((job, index) => job.settle(outcomes[index] ?? { failed: new Error('job without an outcome') }));
    }
  }

  #commit(jobs: Job[]): Outcome[] {
    this.#store.begin();
    try {
      const outcomes = jobs.map((job) => this.#runJob(job));
      this.#store.commit();
      return outcomes;
    } catch (error) {
      this.#store.rollback();
      throw error;
    }
  }

  #runJob(job: Job): Outcome {
    try {
      return { done: this.#store.savepoint(job.work) };
    } catch (error) {
      return { failed: error };
    }
  }
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
