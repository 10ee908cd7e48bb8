import { graphql } from './generated/gql.ts';

export const JournalsQuery = graphql(`
  query Journals($first: Int!, $after: String) {
    journalStatusCursor
    journals(first: $first, after: $after) {
      edges {
        node {
          ...JournalRow
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

export const JournalRow = graphql(`
  fragment JournalRow on Journal {
    id
    status
    ... on JNLC {
      netAmount
    }
  }
`);

export const JournalQuery = graphql(`
  query Journal($id: ID!) {
    node(id: $id) {
      ...JournalRow
    }
  }
`);

export const CreateJournal = graphql(`
  mutation CreateJournal($input: CreateJournalInput!, $idempotencyKey: String!) {
    createJournal(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CreateJournalSuccess {
        journal {
          ...JournalRow
        }
      }
      ... on JournalError {
        message
      }
      ... on OutcomeUnknownError {
        retryAt
      }
    }
  }
`);

export const JournalStatusChanged = graphql(`
  subscription JournalStatusChanged($after: String!) {
    journalStatusChanged(after: $after) {
      journalId
      statusTo
      cursor
    }
  }
`);
