import type { Answer } from './Answer.ts';

/** Thrown to refuse an operation before it is executed, for one or more reasons. */
export class Refusal extends Error {
  readonly problems: readonly unknown[];
  /**
   * The answer to the first refused request: the same refusal is thrown again for each request with the same document.
   */
  answer: Answer | null = null;

  constructor(problems: readonly unknown[]) {
    super('the operation was refused');
    this.problems = problems;
  }
}
