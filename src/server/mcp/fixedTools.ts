import type { GraphQLSchema } from 'graphql';

import { toolsOf } from './documentTools.ts';
import type { McpTool } from './documentTools.ts';

const journal = `fragment journal on Journal {
  id entryType status progress createdAt settleDate currency description
  fromAccount { id }
  toAccount { id }
  ... on JNLC { netAmount }
  ... on JNLS { symbol qty }
}`;

const list = `query list_journals($filter: JournalFilter, $first: Int = 20, $after: String) {
  journals(filter: $filter, first: $first, after: $after) {
    nodes { ...journal }
    pageInfo { hasNextPage endCursor }
    unreadable { id problem }
  }
}
${journal}`;

const get = `query get_journal($id: ID!) { journal(id: $id) { ...journal } }
${journal}`;

const wait = `query await_journal($id: ID!, $timeoutSeconds: Int! = 30) {
  awaitJournal(id: $id, timeoutSeconds: $timeoutSeconds) { timedOut journal { ...journal } }
}
${journal}`;

const totals = `query journal_totals($filter: JournalFilter, $groupBy: [JournalTotalsKey!]! = []) {
  journalTotals(filter: $filter, groupBy: $groupBy) {
    count
    complete
    groups {
      day status progress entryType currency symbol count netAmount qty
      fromAccount { id }
      toAccount { id }
    }
  }
}`;

const create = `mutation create_journal($input: CreateJNLCInput!, $idempotencyKey: String!) {
  createJournal(input: { jnlc: $input }, idempotencyKey: $idempotencyKey) {
    __typename
    ... on CreateJournalSuccess { replayed idempotencyKey journal { ...journal } }
    ... on JournalError { message requestId }
    ... on InvalidRequestError { issues { path message } }
    ... on OutcomeUnknownError { retryAt }
    ... on RateLimitedError { retryAt }
    ... on UpstreamUnavailableError { retryAt }
  }
}
${journal}`;

/** The tools of a gateway without trusted documents. Only principals with a cap on amounts may create journals with them. */
export function fixedTools(schema: GraphQLSchema): McpTool[] {
  const documents = Object.entries({ list, get, wait, totals, create });
  return toolsOf(documents, schema).map((tool) => ({ ...tool, needsCap: tool.isMutation }));
}
