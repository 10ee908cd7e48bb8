import { CodedError } from './CodedError.ts';

/** An argument of a read is invalid: the message says what was expected and what was found. */
export class BadUserInputError extends CodedError {
  override readonly name = 'BadUserInputError';
  override readonly code = 'BAD_USER_INPUT';
}
