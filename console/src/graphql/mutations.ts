import type { ResultOf } from 'gql.tada';

import { graphql } from './graphql.ts';
import { journalFields, problemFields } from './journalFields.ts';

export const createJournal = graphql(
  `
    mutation CreateJournal($input: CreateJournalInput!, $key: String!) {
      result: createJournal(input: $input, idempotencyKey: $key) {
        ... on CreateJournalSuccess {
          __typename
          replayed
          journal {
            ...JournalFields
          }
        }
        ...ProblemFields
      }
    }
  `,
  [journalFields, problemFields],
);

const batchJournalResult = graphql(
  `
    fragment BatchResult on BatchJournalResult {
      entryIndex
      errorMessage
      journal {
        ...JournalFields
      }
    }
  `,
  [journalFields],
);

export type BatchResult = ResultOf<typeof batchJournalResult>;

export const createBatchJournal = graphql(
  `
    mutation CreateBatchJournal($input: CreateBatchJournalInput!, $key: String!) {
      result: createBatchJournal(input: $input, idempotencyKey: $key) {
        ... on CreateBatchJournalSuccess {
          __typename
          replayed
          results {
            ...BatchResult
          }
        }
        ...ProblemFields
      }
    }
  `,
  [batchJournalResult, problemFields],
);

export const createReverseBatchJournal = graphql(
  `
    mutation CreateReverseBatchJournal($input: CreateReverseBatchJournalInput!, $key: String!) {
      result: createReverseBatchJournal(input: $input, idempotencyKey: $key) {
        ... on CreateReverseBatchJournalSuccess {
          __typename
          replayed
          results {
            ...BatchResult
          }
        }
        ...ProblemFields
      }
    }
  `,
  [batchJournalResult, problemFields],
);

export const deleteJournal = graphql(
  `
    mutation DeleteJournal($id: ID!) {
      result: deleteJournal(id: $id) {
        ... on DeleteJournalSuccess {
          __typename
          journal {
            ...JournalFields
          }
        }
        ...ProblemFields
      }
    }
  `,
  [journalFields, problemFields],
);
