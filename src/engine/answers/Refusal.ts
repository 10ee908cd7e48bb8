import type { Answer } from './Answer.ts';

/** Thrown to refuse an operation before it is executed, for one or more reasons. */
export class Refusal extends Error {
  readonly problems: readonly unknown[];
  /**
   * The masked answer to the first request that was refused. `Plans` keeps the refusal of a document that is sent
   * repeatedly, and throws it again with this answer.
   */
  answer: Answer | null = null;

  constructor(problems: readonly unknown[]) {
    super('the operation was refused');
    this.problems = problems;
  }
}
