import { accounts } from './JournalsStub.ts';
import { postOf } from './postOf.ts';

export interface ClientRequest {
  kind: 'list' | 'journal' | 'create';
  text: string;
  /** A text that every response with data contains. */
  expected: string;
}

const shown = `fragment Shown on Journal {
  id status fromAccount { id } toAccount { id } settleDate createdAt description
  ... on JNLC { netAmount currency } ... on JNLS { symbol qty price }
}`;
const listQuery = `query Journals($first: Int = 100, $after: Date) {
  journals(first: $first, filter: { createdAfter: $after }) { nodes { ...Shown } pageInfo { hasNextPage endCursor } }
} ${shown}`;
const journalQuery = `query Journal($id: ID!) { journal(id: $id) { ...Shown } } ${shown}`;
const idVariables = Array.from({ length: 10 }, (_, at) => `$id${at}: ID!`).join(' ');
const aliases = Array.from({ length: 20 }, (_, at) => `a${at}: journal(id: $id${at % 10}) { ...Shown }`).join(' ');
const aliasesQuery = `query Aliases(${idVariables}) { ${aliases} } ${shown}`;
const createMutation = `mutation Create($input: CreateJournalInput!) {
  createJournal(input: $input) { __typename ... on CreateJournalSuccess { journal { id status } } }
}`;

/** Returns a request for a list. Requests with different indices differ, because the gateway shares equal reads. */
export function listRequest(index: number, first = 100): ClientRequest {
  const after = new Date(Date.UTC(2018, 0, 1 + (index % 2_500))).toISOString().slice(0, 10);
  const text = postOf(JSON.stringify({ operationName: 'Journals', query: listQuery, variables: { first, after } }));
  return { kind: 'list', text, expected: '"qty"' };
}

export function journalRequest(index: number): ClientRequest {
  const id = journalId(index);
  const text = postOf(JSON.stringify({ operationName: 'Journal', query: journalQuery, variables: { id } }));
  return { kind: 'journal', text, expected: '"netAmount"' };
}

export function createRequest(to = accounts.to): ClientRequest {
  const input = { jnlc: { fromAccount: accounts.from, toAccount: to, amount: '0.01' } };
  const text = postOf(JSON.stringify({ operationName: 'Create', query: createMutation, variables: { input } }));
  return { kind: 'create', text, expected: 'CreateJournalSuccess' };
}

/** Returns a request with twenty aliases that reads ten journals, each under two aliases. */
export function aliasesRequest(index: number): Omit<ClientRequest, 'kind'> {
  const variables = Object.fromEntries(Array.from({ length: 10 }, (_, at) => [`id${at}`, journalId(index * 10 + at)]));
  const text = postOf(JSON.stringify({ operationName: 'Aliases', query: aliasesQuery, variables }));
  return { text, expected: '"a19"' };
}

export function journalId(index: number): string {
  return `6d2cba43-cb57-4534-9603-${String(index % 1_000_000).padStart(12, '0')}`;
}

/** Of twenty requests, nine list journals, nine read a journal and two create one. */
export function mixedRequest(index: number): ClientRequest {
  if (index % 10 === 9) return createRequest();
  return index % 2 === 0 ? listRequest(index) : journalRequest(index);
}
