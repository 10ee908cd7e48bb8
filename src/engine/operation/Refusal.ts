/** Ends an operation for more than one reason. */
export class Refusal extends Error {
  readonly problems: readonly unknown[];

  constructor(problems: readonly unknown[]) {
    super('the operation was refused');
    this.problems = problems;
  }
}
