import type { ResultOf } from 'gql.tada';

import { graphql } from './graphql.ts';

/** The fields of a journal that tables and forms show. */
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

/** The fields of the errors that a mutation can return. */
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
