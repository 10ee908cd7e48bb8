import type { Principal } from '../auth/principal.ts';
import { redactUpstreamMessage } from '../auth/redactUpstreamMessage.ts';
import {
  DeleteOutcomeUnknownError,
  OutcomeUnknownError,
  RateLimitedError,
  UpstreamUnavailableError,
} from '../errors/faults.ts';
import {
  AccountNotFoundError,
  IdempotencyConflictError,
  InsufficientAssetsError,
  InsufficientBalanceError,
  InvalidRequestError,
  JournalNotDeletableError,
  JournalNotFoundError,
  JournalNotReversableError,
  OtherRefusalError,
} from '../errors/refusals.ts';
import type { InvalidRequestIssue as Issue, UpstreamErrorDetails } from '../errors/refusals.ts';
import { journal } from '../resolvers/journal.ts';

import { builder, pure } from './builder.ts';
import { Journal } from './journal.ts';

/** A refusal or a fault. The errors plugin hides its class. */
interface MutationError extends Error, UpstreamErrorDetails {
  isBeforeSending?: boolean;
  journalId?: string;
}

/**
 * Returns the message as the principal may read it. The gateway's own messages, about the caller's input, are not
 * redacted.
 */
function shownMessage(principal: Principal, error: MutationError, message = error.message): string {
  const { isBeforeSending, journalId } = error;
  if (isBeforeSending) return message;
  return redactUpstreamMessage(principal, message, journalId === undefined ? [] : [journalId]);
}

const JournalError = builder.interfaceRef<MutationError>('JournalError');
const interfaces = [JournalError];
const retryAt = 'The time from which a retry makes sense. Null if it is unknown.';

builder.interfaceType(JournalError, {
  description: 'The reason why a mutation was not executed, or why its outcome is unknown.',
  fields: (t) => ({
    message: t.string({
      description: 'A message for people. It comes from the API if the API sent one.',
      extensions: pure,
      resolve: (error, _args, { principal }) => shownMessage(principal, error),
    }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: "The API's `X-Request-ID` of the call, which its support team asks for. Null if the API sent none.",
    }),
    upstreamCode: t.exposeInt('upstreamCode', {
      nullable: true,
      description: "The API's own error code, e.g. 40310000. One code covers many reasons. Null if the API sent none.",
    }),
  }),
});

const InvalidRequestIssue = builder.objectRef<Issue>('InvalidRequestIssue');

builder.objectType(InvalidRequestIssue, {
  description: 'A problem with the input of a mutation.',
  fields: (t) => ({
    path: t.exposeStringList('path', {
      description: 'The path of the invalid value in the arguments, e.g. `["input", "jnlc", "amount"]`.',
    }),
    message: t.exposeString('message', { description: 'The expected and the actual value.' }),
  }),
});

builder.objectType(InvalidRequestError, {
  name: 'InvalidRequestError',
  description: 'The input is invalid. Either the gateway rejected it or the API did (400). Nothing was done.',
  interfaces,
  fields: (t) => ({
    issues: t.field({
      type: [InvalidRequestIssue],
      description: 'All problems with the input.',
      extensions: pure,
      resolve: (error, _args, { principal }) =>
        error.issues.map(({ path, message }) => ({ path, message: shownMessage(principal, error, message) })),
    }),
  }),
});

builder.objectType(InsufficientBalanceError, {
  name: 'InsufficientBalanceError',
  description: 'The paying account has less cash than the journal would move (403). Nothing was done.',
  interfaces,
});

builder.objectType(InsufficientAssetsError, {
  name: 'InsufficientAssetsError',
  description: 'The giving account holds fewer shares than the journal would move (403). Nothing was done.',
  interfaces,
});

builder.objectType(AccountNotFoundError, {
  name: 'AccountNotFoundError',
  description: 'An account does not exist (404). Nothing was done; no entry of a batch was executed.',
  interfaces,
  fields: (t) => ({
    accountIds: t.exposeIDList('accountIds', {
      description: 'The accounts that do not exist. Empty if the API does not name them.',
    }),
  }),
});

builder.objectType(JournalNotFoundError, {
  name: 'JournalNotFoundError',
  description: 'The journal does not exist (404).',
  interfaces,
});

builder.objectType(JournalNotDeletableError, {
  name: 'JournalNotDeletableError',
  description:
    'The journal is not pending and cannot be deleted (422). To undo an executed JNLC, use `reverseJournal`.',
  interfaces,
  fields: (t) => ({
    journal: t.field({
      type: Journal,
      nullable: true,
      description: 'The journal in its current state. Null if it cannot be read.',
      resolve: ({ journalId }, _args, context) => journal(journalId, context),
    }),
  }),
});

builder.objectType(JournalNotReversableError, {
  name: 'JournalNotReversableError',
  description:
    'The journal cannot be reversed: it is under way, it has failed or was corrected, it moves securities, or it is itself ' +
    'a reversal. Nothing was done.',
  interfaces,
  fields: (t) => ({
    journal: t.expose('journal', { type: Journal, description: 'The journal in its current state.' }),
  }),
});

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The idempotency key was used before with a different input (422). Nothing was done.',
  interfaces,
  fields: (t) => ({
    idempotencyKey: t.exposeString('idempotencyKey', { description: 'The idempotency key of the request.' }),
  }),
});

builder.objectType(OtherRefusalError, {
  name: 'OtherRefusalError',
  description: 'The API refused the request for a reason that has no type of its own in this schema. Nothing was done.',
  interfaces,
});

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'The rate limit of the API is exhausted (429). Nothing was done. Retry at `retryAt`.',
  interfaces,
  fields: (t) => ({ retryAt: t.expose('retryAt', { type: 'DateTime', nullable: true, description: retryAt }) }),
});

builder.objectType(UpstreamUnavailableError, {
  name: 'UpstreamUnavailableError',
  description:
    'Nothing was done: the API could not be reached, the gateway could not record the request before sending it, or a ' +
    'reverse batch whose response was lost was found not to exist.',
  interfaces,
  fields: (t) => ({ retryAt: t.expose('retryAt', { type: 'DateTime', nullable: true, description: retryAt }) }),
});

builder.objectType(OutcomeUnknownError, {
  name: 'OutcomeUnknownError',
  description:
    'The response of the API was lost: the mutation may or may not have been executed. Send the same mutation with the ' +
    'same idempotency key at `retryAt`; `reverseJournal` needs no key. If `retryAt` is null, retrying does not help and ' +
    'a person must investigate.',
  interfaces,
  fields: (t) => ({
    idempotencyKey: t.exposeString('idempotencyKey', { description: 'The idempotency key to retry with.' }),
    retryAt: t.expose('retryAt', {
      type: 'DateTime',
      nullable: true,
      description: 'The time from which a retry makes sense. Null if retrying does not help.',
    }),
  }),
});

builder.objectType(DeleteOutcomeUnknownError, {
  name: 'DeleteOutcomeUnknownError',
  description: 'The response to the deletion was lost: the journal may or may not be deleted. It is safe to retry.',
  interfaces,
  fields: (t) => ({
    journalId: t.exposeID('journalId', { description: 'The UUID of the journal that was to be deleted.' }),
    retryAt: t.expose('retryAt', { type: 'DateTime', nullable: true, description: retryAt }),
  }),
});

/** The errors that every create mutation can return. */
export const createErrors = [
  InvalidRequestError,
  InsufficientBalanceError,
  AccountNotFoundError,
  IdempotencyConflictError,
  OtherRefusalError,
  RateLimitedError,
  UpstreamUnavailableError,
  OutcomeUnknownError,
];
