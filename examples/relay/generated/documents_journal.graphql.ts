/**
 * @generated SignedSource<<bfcaa8044d7fa946dd79304c30a7eabe>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ReaderInlineDataFragment } from 'relay-runtime';
export type JournalStatus = "ACTIVITY_CREATED" | "CANCELED" | "CORRECT" | "DELETED" | "EXECUTED" | "PENDING" | "QUEUED" | "REFUSED" | "REJECTED" | "SENT_TO_CLEARING" | "UNKNOWN" | "%future added value";
import type { FragmentRefs } from "relay-runtime";
export type documents_journal$data = {
  readonly id: string;
  readonly netAmount?: string;
  readonly status: JournalStatus;
  readonly " $fragmentType": "documents_journal";
};
export type documents_journal$key = {
  readonly " $data"?: documents_journal$data;
  readonly " $fragmentSpreads": FragmentRefs<"documents_journal">;
};

const node: ReaderInlineDataFragment = {
  "kind": "InlineDataFragment",
  "name": "documents_journal"
};

(node as any).hash = "b6ecf197f4d986573eae7693f04b7dff";

export default node;
