/**
 * @generated SignedSource<<ebe33a16d3da4b5a574f8e38ed83efab>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
export type JournalStatus = "ACTIVITY_CREATED" | "CANCELED" | "CORRECT" | "DELETED" | "EXECUTED" | "PENDING" | "QUEUED" | "REFUSED" | "REJECTED" | "SENT_TO_CLEARING" | "UNKNOWN" | "%future added value";
export type documentsStatusChangedSubscription$variables = {
  after: string;
};
export type documentsStatusChangedSubscription$data = {
  readonly journalStatusChanged: {
    readonly cursor: string;
    readonly journalId: string;
    readonly statusTo: JournalStatus;
  };
};
export type documentsStatusChangedSubscription = {
  response: documentsStatusChangedSubscription$data;
  variables: documentsStatusChangedSubscription$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "after"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "after",
    "variableName": "after"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "journalId",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "statusTo",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "cursor",
  "storageKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsStatusChangedSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "JournalStatusEvent",
        "kind": "LinkedField",
        "name": "journalStatusChanged",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v3/*:: as any*/),
          (v4/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Subscription",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "documentsStatusChangedSubscription",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": "JournalStatusEvent",
        "kind": "LinkedField",
        "name": "journalStatusChanged",
        "plural": false,
        "selections": [
          (v2/*:: as any*/),
          (v3/*:: as any*/),
          (v4/*:: as any*/),
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "id",
            "storageKey": null
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "46c20d2bb62d1003e4cd0f99056ab9ed",
    "id": null,
    "metadata": {},
    "name": "documentsStatusChangedSubscription",
    "operationKind": "subscription",
    "text": "subscription documentsStatusChangedSubscription(\n  $after: String!\n) {\n  journalStatusChanged(after: $after) {\n    journalId\n    statusTo\n    cursor\n    id\n  }\n}\n"
  }
};
})();

(node as any).hash = "17525b3bc2d0d9b18576a52fd8f5aa04";

export default node;
