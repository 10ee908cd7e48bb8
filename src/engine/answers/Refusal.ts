import type { Answer } from './Answer.ts';

/** Ends an operation before it is executed, for one or more reasons. */
export class Refusal extends Error {
  readonly problems: readonly unknown[];
  /** Kept of a refusal that is thrown again for each request with the same document. */
  answer: Answer | null = null;

  constructor(problems: readonly unknown[]) {
    super('the operation was refused');
    this.problems = problems;
  }
}
