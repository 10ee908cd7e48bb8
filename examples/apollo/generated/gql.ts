/* eslint-disable */
import * as types from './graphql.js';
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';

/**
 * Map of all GraphQL operations in the project.
 *
 * This map has several performance disadvantages:
 * 1. It is not tree-shakeable, so it will include all operations in the project.
 * 2. It is not minifiable, so the string of a GraphQL query will be multiple times inside the bundle.
 * 3. It does not support dead code elimination, so it will add unused operations.
 *
 * Therefore it is highly recommended to use the babel or swc plugin for production.
 * Learn more about it here: https://the-guild.dev/graphql/codegen/plugins/presets/preset-client#reducing-bundle-size
 */
type Documents = {
    "\n  query Journals($first: Int!, $after: String) {\n    journalStatusCursor\n    journals(first: $first, after: $after) {\n      edges {\n        node {\n          ...JournalRow\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": typeof types.JournalsDocument,
    "\n  fragment JournalRow on Journal {\n    id\n    status\n    ... on JNLC {\n      netAmount\n    }\n  }\n": typeof types.JournalRowFragmentDoc,
    "\n  query Journal($id: ID!) {\n    node(id: $id) {\n      ...JournalRow\n    }\n  }\n": typeof types.JournalDocument,
    "\n  mutation CreateJournal($input: CreateJournalInput!, $idempotencyKey: String!) {\n    createJournal(input: $input, idempotencyKey: $idempotencyKey) {\n      __typename\n      ... on CreateJournalSuccess {\n        journal {\n          ...JournalRow\n        }\n      }\n      ... on JournalError {\n        message\n      }\n      ... on OutcomeUnknownError {\n        retryAt\n      }\n    }\n  }\n": typeof types.CreateJournalDocument,
    "\n  subscription JournalStatusChanged($after: String!) {\n    journalStatusChanged(after: $after) {\n      journalId\n      statusTo\n      cursor\n    }\n  }\n": typeof types.JournalStatusChangedDocument,
};
const documents: Documents = {
    "\n  query Journals($first: Int!, $after: String) {\n    journalStatusCursor\n    journals(first: $first, after: $after) {\n      edges {\n        node {\n          ...JournalRow\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n": types.JournalsDocument,
    "\n  fragment JournalRow on Journal {\n    id\n    status\n    ... on JNLC {\n      netAmount\n    }\n  }\n": types.JournalRowFragmentDoc,
    "\n  query Journal($id: ID!) {\n    node(id: $id) {\n      ...JournalRow\n    }\n  }\n": types.JournalDocument,
    "\n  mutation CreateJournal($input: CreateJournalInput!, $idempotencyKey: String!) {\n    createJournal(input: $input, idempotencyKey: $idempotencyKey) {\n      __typename\n      ... on CreateJournalSuccess {\n        journal {\n          ...JournalRow\n        }\n      }\n      ... on JournalError {\n        message\n      }\n      ... on OutcomeUnknownError {\n        retryAt\n      }\n    }\n  }\n": types.CreateJournalDocument,
    "\n  subscription JournalStatusChanged($after: String!) {\n    journalStatusChanged(after: $after) {\n      journalId\n      statusTo\n      cursor\n    }\n  }\n": types.JournalStatusChangedDocument,
};

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 *
 *
 * @example
 * ```ts
 * const query = graphql(`query GetUser($id: ID!) { user(id: $id) { name } }`);
 * ```
 *
 * The query argument is unknown!
 * Please regenerate the types.
 */
export function graphql(source: string): unknown;

/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Journals($first: Int!, $after: String) {\n    journalStatusCursor\n    journals(first: $first, after: $after) {\n      edges {\n        node {\n          ...JournalRow\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"): (typeof documents)["\n  query Journals($first: Int!, $after: String) {\n    journalStatusCursor\n    journals(first: $first, after: $after) {\n      edges {\n        node {\n          ...JournalRow\n        }\n      }\n      pageInfo {\n        hasNextPage\n        endCursor\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  fragment JournalRow on Journal {\n    id\n    status\n    ... on JNLC {\n      netAmount\n    }\n  }\n"): (typeof documents)["\n  fragment JournalRow on Journal {\n    id\n    status\n    ... on JNLC {\n      netAmount\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  query Journal($id: ID!) {\n    node(id: $id) {\n      ...JournalRow\n    }\n  }\n"): (typeof documents)["\n  query Journal($id: ID!) {\n    node(id: $id) {\n      ...JournalRow\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  mutation CreateJournal($input: CreateJournalInput!, $idempotencyKey: String!) {\n    createJournal(input: $input, idempotencyKey: $idempotencyKey) {\n      __typename\n      ... on CreateJournalSuccess {\n        journal {\n          ...JournalRow\n        }\n      }\n      ... on JournalError {\n        message\n      }\n      ... on OutcomeUnknownError {\n        retryAt\n      }\n    }\n  }\n"): (typeof documents)["\n  mutation CreateJournal($input: CreateJournalInput!, $idempotencyKey: String!) {\n    createJournal(input: $input, idempotencyKey: $idempotencyKey) {\n      __typename\n      ... on CreateJournalSuccess {\n        journal {\n          ...JournalRow\n        }\n      }\n      ... on JournalError {\n        message\n      }\n      ... on OutcomeUnknownError {\n        retryAt\n      }\n    }\n  }\n"];
/**
 * The graphql function is used to parse GraphQL queries into a document that can be used by GraphQL clients.
 */
export function graphql(source: "\n  subscription JournalStatusChanged($after: String!) {\n    journalStatusChanged(after: $after) {\n      journalId\n      statusTo\n      cursor\n    }\n  }\n"): (typeof documents)["\n  subscription JournalStatusChanged($after: String!) {\n    journalStatusChanged(after: $after) {\n      journalId\n      statusTo\n      cursor\n    }\n  }\n"];

export function graphql(source: string) {
  return (documents as any)[source] ?? {};
}

export type DocumentType<TDocumentNode extends DocumentNode<any, any>> = TDocumentNode extends DocumentNode<  infer TType,  any>  ? TType  : never;