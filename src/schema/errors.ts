import type { Principal } from '../auth/principal.ts';
import { redactUpstreamMessage } from '../auth/redactUpstreamMessage.ts';
import {
  AccountNotFoundError,
  IdempotencyConflictError,
  InsufficientAssetsError,
  InsufficientBalanceError,
  InvalidRequestError,
  JournalNotDeletableError,
  JournalNotFoundError,
  OtherRefusalError,
} from '../errors/refusals.ts';
import type { InvalidRequestIssue as Issue, UpstreamErrorDetails } from '../errors/refusals.ts';
import {
  DeleteOutcomeUnknownError,
  OutcomeUnknownError,
  RateLimitedError,
  UpstreamUnavailableError,
} from '../errors/faults.ts';
import { journal } from '../resolvers/journal.ts';

import { builder } from './builder.ts';
import { Journal } from './journal.ts';

/** Every refusal and every fault that a mutation answers with, as members of its result union. */

/** What a refusal or a fault tells of its words. The errors plugin hides what class it is of. */
interface Worded extends Error, UpstreamErrorDetails {
  isBeforeSending?: boolean;
  journalId?: string;
}

/** The API's words as the principal may read them; what the gateway says itself is about the input that it was given. */
function shownMessage(principal: Principal, error: Worded, message = error.message): string {
  const { isBeforeSending, journalId } = error;
  return isBeforeSending
    ? message
    : redactUpstreamMessage(principal, message, journalId === undefined ? [] : [journalId]);
}

const JournalError = builder.interfaceRef<Worded>('JournalError');

builder.interfaceType(JournalError, {
  description: 'Why a mutation was not done, or why nobody can say whether it was.',
  fields: (t) => ({
    message: t.string({
      description: "The API's own words where it gave some.",
      resolve: (error, _args, { principal }) => shownMessage(principal, error),
    }),
    requestId: t.exposeString('requestId', {
      nullable: true,
      description: "The API's `X-Request-ID`, when a call was made: its support asks for it.",
    }),
    upstreamCode: t.exposeInt('upstreamCode', {
      nullable: true,
      description: "The API's own code, e.g. 40310000, when it gave one. One code covers many reasons.",
    }),
  }),
});

const InvalidRequestIssue = builder.objectRef<Issue>('InvalidRequestIssue');

builder.objectType(InvalidRequestIssue, {
  description: 'One thing that is wrong with an input.',
  fields: (t) => ({
    path: t.exposeStringList('path', { description: 'Where in the arguments, e.g. `["input", "jnlc", "amount"]`.' }),
    message: t.exposeString('message', { description: 'What was expected and what was found.' }),
  }),
});

builder.objectType(InvalidRequestError, {
  name: 'InvalidRequestError',
  description: 'The API refused the request (400), or the gateway saw before sending that it would. Nothing was done.',
  interfaces: [JournalError],
  fields: (t) => ({
    issues: t.field({
      type: [InvalidRequestIssue],
      description: 'All that is wrong, each with its path.',
      resolve: (error, _args, { principal }) =>
        error.issues.map(({ path, message }) => ({ path, message: shownMessage(principal, error, message) })),
    }),
  }),
});

builder.objectType(InsufficientBalanceError, {
  name: 'InsufficientBalanceError',
  description: 'The paying account has less cash than the journal moves (403). Nothing was done.',
  interfaces: [JournalError],
});

builder.objectType(InsufficientAssetsError, {
  name: 'InsufficientAssetsError',
  description: 'The giving account holds fewer shares than the journal moves (403). Nothing was done.',
  interfaces: [JournalError],
});

builder.objectType(AccountNotFoundError, {
  name: 'AccountNotFoundError',
  description: 'An account does not exist (404). Nothing was done, in a batch for no entry.',
  interfaces: [JournalError],
  fields: (t) => ({
    accountIds: t.exposeIDList('accountIds', {
      description: 'Those known to be missing; empty when the API does not say.',
    }),
  }),
});

builder.objectType(JournalNotFoundError, {
  name: 'JournalNotFoundError',
  description: 'There is no journal of that id (404).',
  interfaces: [JournalError],
});

builder.objectType(JournalNotDeletableError, {
  name: 'JournalNotDeletableError',
  description: 'Only a pending journal can be deleted (422). The way back from an executed JNLC is a mirror journal.',
  interfaces: [JournalError],
  fields: (t) => ({
    journal: t.field({
      type: Journal,
      nullable: true,
      description: 'As it is now; null when it can not be read.',
      resolve: ({ journalId }, _args, context) => journal(journalId, context),
    }),
  }),
});

builder.objectType(IdempotencyConflictError, {
  name: 'IdempotencyConflictError',
  description: 'The key was used before with another input (422). Nothing was done now.',
  interfaces: [JournalError],
  fields: (t) => ({ idempotencyKey: t.exposeString('idempotencyKey', { description: 'The key.' }) }),
});

builder.objectType(OtherRefusalError, {
  name: 'OtherRefusalError',
  description: 'The API refused for a reason that this schema has no word for. Nothing was done.',
  interfaces: [JournalError],
});

const retryAt = 'When to try again; null when nobody said.';

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'Too many calls (429). Nothing was done; try again at `retryAt`.',
  interfaces: [JournalError],
  fields: (t) => ({ retryAt: t.expose('retryAt', { type: 'DateTime', nullable: true, description: retryAt }) }),
});

builder.objectType(UpstreamUnavailableError, {
  name: 'UpstreamUnavailableError',
  description:
    'The API could not be reached, and nothing was sent; or a reverse batch was proved not to exist. Nothing was done.',
  interfaces: [JournalError],
  fields: (t) => ({ retryAt: t.expose('retryAt', { type: 'DateTime', nullable: true, description: retryAt }) }),
});

builder.objectType(OutcomeUnknownError, {
  name: 'OutcomeUnknownError',
  description:
    'The answer was lost: it may or may not have been done. Send the same mutation with the same key at `retryAt`; where ' +
    'that is null, repeating will teach nothing more and a person must look.',
  interfaces: [JournalError],
  fields: (t) => ({
    idempotencyKey: t.exposeString('idempotencyKey', { description: 'The key to repeat the mutation with.' }),
    retryAt: t.expose('retryAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When repeating makes sense; null when it never will.',
    }),
  }),
});

builder.objectType(DeleteOutcomeUnknownError, {
  name: 'DeleteOutcomeUnknownError',
  description: 'The answer to the delete was lost. Repeating it is safe.',
  interfaces: [JournalError],
  fields: (t) => ({
    journalId: t.exposeID('journalId', { description: 'The journal that was to be deleted.' }),
    retryAt: t.expose('retryAt', { type: 'DateTime', nullable: true, description: retryAt }),
  }),
});

/** What every create and every batch can answer with instead of its success. */
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
