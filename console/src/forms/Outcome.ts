import type { CombinedError } from '@urql/core';
import type { ResultOf } from 'gql.tada';

import { messageOf } from '../format/messageOf.ts';
import type { problemFields } from '../graphql/journalFields.ts';

/** How a mutation ended. Sending the same input with the same key again makes sense only if `mayRetry` is true. */
export type Outcome<Success> = { kind: 'done'; success: Success } | Failure;

export interface Failure {
  /** `refused`: nothing was moved. `notDone`: likewise, but a retry may succeed. `unknown`: money may have moved. */
  kind: 'refused' | 'notDone' | 'unknown';
  title: string;
  message: string;
  mayRetry: boolean;
  /** Whether this failure also proves that earlier attempts with the key were not carried out. */
  settlesEarlier: boolean;
  /** The earliest time to try again; null for immediately. */
  retryAt: string | null;
  requestId: string | null;
  issues: readonly string[];
}

type Problem = ResultOf<typeof problemFields>;

/** Codes of errors that mean that the mutation was not started; true if it may succeed later. */
const notStarted: Readonly<Record<string, boolean>> = {
  BAD_USER_INPUT: false,
  COST_LIMIT_EXCEEDED: false,
  FORBIDDEN: false,
  GRAPHQL_VALIDATION_FAILED: false,
  PERSISTED_QUERY_ONLY: false,
  REQUEST_ENTITY_TOO_LARGE: false,
  TOKEN_LIMIT_EXCEEDED: false,
  UPSTREAM_CREDENTIALS_REFUSED: false,
  AUTHENTICATION_UNAVAILABLE: true,
  CONCURRENCY_LIMITED: true,
  DEADLINE_EXCEEDED: true,
  OPERATION_RATE_LIMITED: true,
  OVERLOADED: true,
  SHUTTING_DOWN: true,
  UNAUTHENTICATED: true,
};

type Verdict = Pick<Failure, 'kind' | 'title'> & { mayRetry?: boolean };

const verdicts: Readonly<Record<Problem['__typename'], Verdict>> = {
  InvalidRequestError: { kind: 'refused', title: 'The request is not valid' },
  InsufficientBalanceError: { kind: 'refused', title: 'The paying account has too little cash' },
  InsufficientAssetsError: { kind: 'refused', title: 'The sending account holds too few shares' },
  AccountNotFoundError: { kind: 'refused', title: 'An account does not exist' },
  IdempotencyConflictError: { kind: 'refused', title: 'The key was used before with a different input' },
  JournalNotFoundError: { kind: 'refused', title: 'There is no such journal' },
  JournalNotDeletableError: { kind: 'refused', title: 'Only a pending journal can be deleted' },
  JournalNotReversableError: { kind: 'refused', title: 'Only an executed cash journal can be reversed' },
  OtherRefusalError: { kind: 'refused', title: 'The API refused the request' },
  RateLimitedError: { kind: 'notDone', title: 'Not done: the API limits how often it may be called', mayRetry: true },
  UpstreamUnavailableError: { kind: 'notDone', title: 'Not done: the API cannot be reached', mayRetry: true },
  OutcomeUnknownError: { kind: 'unknown', title: 'Unknown: the API’s response was lost' },
  DeleteOutcomeUnknownError: { kind: 'unknown', title: 'Unknown: the API’s response was lost', mayRetry: true },
};

/** If the response to a create was lost and there is no `retryAt`, a retry can't find out the outcome. */
export function failureOf(problem: Problem): Failure {
  const { __typename: type, message, requestId } = problem;
  const retryAt = 'retryAt' in problem ? problem.retryAt : null;
  const { kind, title, mayRetry = retryAt !== null } = verdicts[type];
  const settlesEarlier = kind === 'refused';
  return { kind, title, mayRetry, settlesEarlier, message, requestId, retryAt, issues: issuesOf(problem) };
}

/** Returns the outcome of a request for which the gateway returned no result. */
export function failureOfError(error: CombinedError | undefined): Failure {
  const code = error?.graphQLErrors[0]?.extensions['code'];
  const message = messageOf(error);
  const mayWorkLater = typeof code === 'string' ? notStarted[code] : undefined;
  const common = { message, retryAt: null, requestId: null, issues: [], settlesEarlier: false };
  if (mayWorkLater === undefined) return { ...common, ...unknown, title: 'Unknown: the gateway’s response was lost' };
  const title = mayWorkLater ? 'Not done: the gateway did not start the request' : 'The gateway refused the request';
  return { ...common, kind: mayWorkLater ? 'notDone' : 'refused', mayRetry: mayWorkLater, title };
}

const unknown = { kind: 'unknown', mayRetry: true } as const;

/** The outcome of a request that was sent before the page was reloaded. */
export const interrupted: Failure = {
  ...unknown,
  title: 'Unknown: the page was left before the response arrived',
  message: 'The request had been sent.',
  settlesEarlier: false,
  retryAt: null,
  requestId: null,
  issues: [],
};

/** A later attempt that was not carried out says nothing about an earlier one whose outcome is unknown. */
export function afterUnknown(failure: Failure): Failure {
  if (failure.settlesEarlier || failure.kind === 'unknown') return failure;
  return {
    ...failure,
    ...unknown,
    title: 'Still unknown: this attempt was not carried out, but an earlier one may have been',
  };
}

function issuesOf(problem: Problem): string[] {
  if ('issues' in problem) return problem.issues.map(({ path, message }) => `${path.slice(1).join(' › ')}: ${message}`);
  return 'accountIds' in problem ? problem.accountIds.map((id) => `Account ${id} does not exist`) : [];
}
