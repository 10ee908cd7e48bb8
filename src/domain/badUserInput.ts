/** An argument of a read can't be answered: the message says what was expected and what was found. */
export class BadUserInputError extends Error {
  override readonly name = 'BadUserInputError';
}
