/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A cash journal between a firm account and a customer account. Two customer accounts are not allowed. */
export type CreateJnlcInput = {
  /** The amount of cash. Must be greater than 0. */
  amount: string;
  /** The ISO 4217 currency code. Defaults to the firm's own currency. */
  currency?: string | null | undefined;
  /** A description of up to 1,024 characters. */
  description?: string | null | undefined;
  /** The UUID of the account that pays. */
  fromAccount: string;
  /** The UUID of the account that receives. */
  toAccount: string;
  /** Travel Rule: the account number of the transmitter, up to 255 characters. */
  transmitterAccountNumber?: string | null | undefined;
  /** Travel Rule: the address of the transmitter, up to 255 characters. */
  transmitterAddress?: string | null | undefined;
  /** Travel Rule: the financial institution of the transmitter, up to 255 characters. */
  transmitterFinancialInstitution?: string | null | undefined;
  /** Travel Rule: the name of the transmitter, up to 255 characters. */
  transmitterName?: string | null | undefined;
  /** Travel Rule: the time at which the transmittal was ordered. */
  transmitterTimestamp?: string | null | undefined;
};

/** A securities journal from a firm account to a customer account. The reverse direction is not allowed. */
export type CreateJnlsInput = {
  /** The ISO 4217 currency code. Defaults to the firm's own currency. */
  currency?: string | null | undefined;
  /** A description of up to 1,024 characters. */
  description?: string | null | undefined;
  /** The UUID of the account that gives the shares. */
  fromAccount: string;
  /** The number of shares. Must be greater than 0, with up to 9 decimal places. */
  qty: string;
  /** The symbol of the security. */
  symbol: string;
  /** The UUID of the account that receives. */
  toAccount: string;
};

/** The input of `createJournal`: exactly one of cash and securities. */
export type CreateJournalInput =
  {   /** The cash to move. */
  jnlc: CreateJnlcInput; jnls?: never; }
  |  { jnlc?: never;   /** The securities to move. */
  jnls: CreateJnlsInput; };

/** The status of a journal. A journal may skip statuses, and intermediate ones may not be observed. */
export type JournalStatus =
  /** The journal is executed and recorded in the activities of both accounts. */
  | 'ACTIVITY_CREATED'
  /** The journal was canceled, by request or by the operations team. Final. */
  | 'CANCELED'
  /** The journal was replaced by a new one with the correct amount. No field links the two. Final. */
  | 'CORRECT'
  /** The journal was removed from the ledger. Final. */
  | 'DELETED'
  /** The balances have been moved. Not final: the journal can still be reversed. */
  | 'EXECUTED'
  /** The journal is waiting for approval, for example because it exceeds a limit. Only pending journals can be deleted. */
  | 'PENDING'
  /** The journal is waiting to be processed. */
  | 'QUEUED'
  /** A preliminary check failed and the journal was never posted. To retry, create a new journal. */
  | 'REFUSED'
  /** The journal was rejected manually. To retry, create a new journal. */
  | 'REJECTED'
  /** The journal was sent to the books and records system and is not processed yet. */
  | 'SENT_TO_CLEARING'
  /** A status that this version of the gateway does not know. See `rawStatus`. */
  | 'UNKNOWN';

export type JournalsQueryVariables = Exact<{
  first: number;
  after?: string | null | undefined;
}>;


export type JournalsQuery = { journalStatusCursor: string | null, journals: { edges: Array<{ node:
        | { netAmount: string, id: string, status: JournalStatus }
        | { id: string, status: JournalStatus }
        | { id: string, status: JournalStatus }
       }>, pageInfo: { hasNextPage: boolean, endCursor: string | null } } | null };

type JournalRow_Jnlc_Fragment = { netAmount: string, id: string, status: JournalStatus };

type JournalRow_Jnls_Fragment = { id: string, status: JournalStatus };

type JournalRow_OtherJournal_Fragment = { id: string, status: JournalStatus };

export type JournalRowFragment =
  | JournalRow_Jnlc_Fragment
  | JournalRow_Jnls_Fragment
  | JournalRow_OtherJournal_Fragment
;

export type JournalQueryVariables = Exact<{
  id: string;
}>;


export type JournalQuery = { node:
    | { netAmount: string, id: string, status: JournalStatus }
    | { id: string, status: JournalStatus }
    | { id: string, status: JournalStatus }
   | null };

export type CreateJournalMutationVariables = Exact<{
  input: CreateJournalInput;
  idempotencyKey: string;
}>;


export type CreateJournalMutation = { createJournal:
    | { __typename: 'AccountNotFoundError', message: string }
    | { __typename: 'CreateJournalSuccess', journal:
        | { netAmount: string, id: string, status: JournalStatus }
        | { id: string, status: JournalStatus }
        | { id: string, status: JournalStatus }
       }
    | { __typename: 'IdempotencyConflictError', message: string }
    | { __typename: 'InsufficientAssetsError', message: string }
    | { __typename: 'InsufficientBalanceError', message: string }
    | { __typename: 'InvalidRequestError', message: string }
    | { __typename: 'OtherRefusalError', message: string }
    | { __typename: 'OutcomeUnknownError', message: string, retryAt: string | null }
    | { __typename: 'RateLimitedError', message: string }
    | { __typename: 'UpstreamUnavailableError', message: string }
   | null };

export type JournalStatusChangedSubscriptionVariables = Exact<{
  after: string;
}>;


export type JournalStatusChangedSubscription = { journalStatusChanged: { journalId: string, statusTo: JournalStatus, cursor: string } };

export const JournalRowFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JournalRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Journal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JNLC"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"netAmount"}}]}}]}}]} as unknown as DocumentNode<JournalRowFragment, unknown>;
export const JournalsDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Journals"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"journalStatusCursor"}},{"kind":"Field","name":{"kind":"Name","value":"journals"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"edges"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JournalRow"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"pageInfo"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"hasNextPage"}},{"kind":"Field","name":{"kind":"Name","value":"endCursor"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JournalRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Journal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JNLC"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"netAmount"}}]}}]}}]} as unknown as DocumentNode<JournalsQuery, JournalsQueryVariables>;
export const JournalDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Journal"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"node"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JournalRow"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JournalRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Journal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JNLC"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"netAmount"}}]}}]}}]} as unknown as DocumentNode<JournalQuery, JournalQueryVariables>;
export const CreateJournalDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"CreateJournal"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"CreateJournalInput"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"createJournal"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}},{"kind":"Argument","name":{"kind":"Name","value":"idempotencyKey"},"value":{"kind":"Variable","name":{"kind":"Name","value":"idempotencyKey"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"CreateJournalSuccess"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"journal"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"FragmentSpread","name":{"kind":"Name","value":"JournalRow"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JournalError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"OutcomeUnknownError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"retryAt"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"JournalRow"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Journal"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"JNLC"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"netAmount"}}]}}]}}]} as unknown as DocumentNode<CreateJournalMutation, CreateJournalMutationVariables>;
export const JournalStatusChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"JournalStatusChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"after"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"journalStatusChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"after"},"value":{"kind":"Variable","name":{"kind":"Name","value":"after"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"journalId"}},{"kind":"Field","name":{"kind":"Name","value":"statusTo"}},{"kind":"Field","name":{"kind":"Name","value":"cursor"}}]}}]}}]} as unknown as DocumentNode<JournalStatusChangedSubscription, JournalStatusChangedSubscriptionVariables>;