import { graphql } from 'relay-runtime';

export const journalsQuery = graphql`
  query documentsJournalsQuery($first: Int!, $after: String) {
    journalStatusCursor
    journals(first: $first, after: $after) @connection(key: "Example_journals") {
      edges {
        node {
          ...documents_journal
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

export const journalFragment = graphql`
  fragment documents_journal on Journal @inline {
    id
    status
    ... on JNLC {
      netAmount
    }
  }
`;

export const journalQuery = graphql`
  query documentsJournalQuery($id: ID!) {
    node(id: $id) {
      ...documents_journal @alias(as: "journal")
    }
  }
`;

export const createJournalMutation = graphql`
  mutation documentsCreateJournalMutation($input: CreateJournalInput!, $idempotencyKey: String!) {
    createJournal(input: $input, idempotencyKey: $idempotencyKey) {
      __typename
      ... on CreateJournalSuccess {
        journal {
          ...documents_journal
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
`;

export const statusChangedSubscription = graphql`
  subscription documentsStatusChangedSubscription($after: String!) {
    journalStatusChanged(after: $after) {
      journalId
      statusTo
      cursor
    }
  }
`;
