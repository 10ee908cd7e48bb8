import type { ResultOf } from 'gql.tada';

import { graphql } from './graphql.ts';
import { journalFields } from './journalFields.ts';

/** The board's first page, and the cursor after which the live events continue it without a gap. */
export const boardQuery = graphql(
  `
    query Board($filter: JournalFilter, $first: Int!) {
      journalStatusCursor
      journals(first: $first, filter: $filter) {
        nodes {
          ...JournalFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        unreadable {
          id
        }
      }
    }
  `,
  [journalFields],
);

export const pageQuery = graphql(
  `
    query Page($filter: JournalFilter, $first: Int!, $after: String) {
      journals(first: $first, after: $after, filter: $filter) {
        nodes {
          ...JournalFields
        }
        pageInfo {
          hasNextPage
          endCursor
        }
        unreadable {
          id
        }
      }
    }
  `,
  [journalFields],
);

/** The fields that are needed to count journals by status. */
export const statusesQuery = graphql(`
  query Statuses($filter: JournalFilter, $after: String) {
    journals(first: 500, after: $after, filter: $filter) {
      nodes {
        id
        status
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`);

const eventFields = graphql(`
  fragment EventFields on JournalStatusEvent {
    id
    cursor
    at
    journalId
    statusFrom
    statusTo
    rawStatusTo
    batchErrorMessage
  }
`);

export const statusChanged = graphql(
  `
    subscription StatusChanged($after: String) {
      journalStatusChanged(after: $after) {
        ...EventFields
        journal {
          ...JournalFields
        }
      }
    }
  `,
  [eventFields, journalFields],
);

export type StatusEvent = ResultOf<typeof statusChanged>['journalStatusChanged'];

export const journalQuery = graphql(
  `
    query JournalPage($id: ID!) {
      journal(id: $id) {
        ...JournalFields
        systemDate
        isFinal
      }
    }
  `,
  [journalFields],
);

export const timelineQuery = graphql(
  `
    query Timeline($id: ID!, $since: DateTime!) {
      journalStatusEvents(since: $since, filter: { journalId: [$id] }, first: 200) {
        nodes {
          ...EventFields
        }
      }
    }
  `,
  [eventFields],
);

export type TimelineEvent = ResultOf<typeof eventFields>;

export const travelRuleQuery = graphql(`
  query TravelRule($id: ID!) {
    journal(id: $id) {
      ... on JNLC {
        transmitterName
        transmitterAccountNumber
        transmitterAddress
        transmitterFinancialInstitution
        transmitterTimestamp
      }
      transmitterInfo {
        originatorFullName
        originatorStreetAddress
        originatorCity
        originatorState
        originatorPostalCode
        originatorCountry
        originatorBankAccountNumber
        originatorBankName
        otherIdentifyingInformation
      }
    }
  }
`);
