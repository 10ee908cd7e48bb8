import type { ResultOf } from 'gql.tada';

import { graphql } from './graphql.ts';

/** What the console shows of a journal in a row. */
export const journalFields = graphql(`
  fragment JournalFields on Journal {
    __typename
    id
    entryType
    status
    rawStatus
    fromAccount {
      id
    }
    toAccount {
      id
    }
    description
    currency
    createdAt
    settleDate
    ... on JNLC {
      netAmount
    }
    ... on JNLS {
      symbol
      qty
      price
    }
    ... on OtherJournal {
      rawEntryType
    }
  }
`);

export type Journal = ResultOf<typeof journalFields>;
export type JournalStatus = Journal['status'];

/** What every refusal and fault of a mutation has. */
export const problemFields = graphql(`
  fragment ProblemFields on JournalError {
    __typename
    message
    requestId
    ... on InvalidRequestError {
      issues {
        path
        message
      }
    }
    ... on AccountNotFoundError {
      accountIds
    }
    ... on RateLimitedError {
      retryAt
    }
    ... on UpstreamUnavailableError {
      retryAt
    }
    ... on OutcomeUnknownError {
      retryAt
    }
    ... on DeleteOutcomeUnknownError {
      retryAt
    }
  }
`);
