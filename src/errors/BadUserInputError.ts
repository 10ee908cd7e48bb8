import { CodedError } from './CodedError.ts';

/** An argument of a query is invalid. The message states what was expected and what was found. */
export class BadUserInputError extends CodedError {
  override readonly name = 'BadUserInputError';
  override readonly code = 'BAD_USER_INPUT';
}
