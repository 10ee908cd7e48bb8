import type { GraphQLFormattedError } from 'graphql';

import { ask } from './ask.ts';

const error = '__typename ... on JournalError { message requestId upstreamCode }';
const invalid = '... on InvalidRequestError { issues { path message } }';
const retry = `
  ... on RateLimitedError { retryAt }
  ... on UpstreamUnavailableError { retryAt }`;
const lost = '... on OutcomeUnknownError { idempotencyKey retryAt }';
const account = '... on AccountNotFoundError { accountIds }';
const conflict = '... on IdempotencyConflictError { idempotencyKey }';
const journal =
  'journal { id status rawStatus description currency ... on JNLC { netAmount } ... on JNLS { symbol qty } }';
const create = `${error} ${invalid} ${retry} ${lost} ${account} ${conflict}`;
const results = `idempotencyKey replayed results { entryIndex errorMessage ${journal} }`;

const documents = {
  createJournal: `mutation ($input: CreateJournalInput!, $idempotencyKey: String) {
    createJournal(input: $input, idempotencyKey: $idempotencyKey) {
      ${create} ... on CreateJournalSuccess { idempotencyKey replayed ${journal} } } }`,
  createBatchJournal: `mutation ($input: CreateBatchJournalInput!, $idempotencyKey: String) {
    createBatchJournal(input: $input, idempotencyKey: $idempotencyKey) {
      ${create} ... on CreateBatchJournalSuccess { ${results} } } }`,
  createReverseBatchJournal: `mutation ($input: CreateReverseBatchJournalInput!, $idempotencyKey: String) {
    createReverseBatchJournal(input: $input, idempotencyKey: $idempotencyKey) {
      ${create} ... on CreateReverseBatchJournalSuccess { ${results} } } }`,
  deleteJournal: `mutation ($id: ID!) { deleteJournal(id: $id) {
    ${error} ${invalid} ${retry}
    ... on DeleteOutcomeUnknownError { journalId retryAt }
    ... on JournalNotDeletableError { ${journal} }
    ... on DeleteJournalSuccess { journalId ${journal} } } }`,
  reverseJournal: `mutation ($id: ID!, $description: String) { reverseJournal(id: $id, description: $description) {
    ${create} ... on ReverseJournalSuccess { replayed reversal { id } original { id } } } }`,
};

export type MutationName = keyof typeof documents;

export interface AnsweredJournal {
  id: string;
  status: string;
  rawStatus: string;
  description: string | null;
  currency: string;
  netAmount?: string;
  symbol?: string;
  qty?: string;
}

/** The result of any mutation. Its `__typename` determines which fields are present. */
export interface MutationResult {
  __typename: string;
  message?: string;
  requestId?: string | null;
  upstreamCode?: number | null;
  issues?: { path: string[]; message: string }[];
  accountIds?: string[];
  idempotencyKey?: string;
  replayed?: boolean | null;
  retryAt?: string | null;
  journalId?: string;
  journal?: AnsweredJournal | null;
  reversal?: { id: string };
  original?: { id: string };
  results?: { entryIndex: number | null; errorMessage: string | null; journal: AnsweredJournal }[];
}

/** Sends one mutation that selects every field of its result; GraphQL errors fail the test. */
export async function mutate(
  url: string,
  name: MutationName,
  variables: Record<string, unknown>,
): Promise<MutationResult> {
  const { result, errors } = await tryToMutate(url, name, variables);
  if (!result) throw new Error(`${name} has no result: ${JSON.stringify(errors)}`);
  return result;
}

/** Like `mutate`, but also returns GraphQL errors. */
export async function tryToMutate(
  url: string,
  name: MutationName,
  variables: Record<string, unknown>,
): Promise<{ result: MutationResult | null; errors: readonly GraphQLFormattedError[] }> {
  const { data, errors = [] } = await ask<Partial<Record<string, MutationResult | null>>>(
    url,
    documents[name],
    variables,
  );
  return { result: data?.[name] ?? null, errors };
}
