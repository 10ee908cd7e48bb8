import { CodedError } from './CodedError.ts';

/** An argument of a query is invalid. The message states what was expected and what was found. */
export class BadUserInputError extends CodedError {
  override readonly name = 'BadUserInputError';
  override readonly code = 'BAD_USER_INPUT';
}

/** @throws BadUserInputError if the argument of this name has too many entries */
export function assertAtMost(max: number, name: string, entries: readonly unknown[]): void {
  if (entries.length > max) throw new BadUserInputError(`${name} has ${entries.length} entries, at most ${max}`);
}
