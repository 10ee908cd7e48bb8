/**
 * @generated SignedSource<<6c4a06b200122a17e643381ca3e86c43>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
import type { FragmentRefs } from "relay-runtime";
export type documentsJournalQuery$variables = {
  id: string;
};
export type documentsJournalQuery$data = {
  readonly node: {
    readonly journal: {
      readonly " $fragmentSpreads": FragmentRefs<"documents_journal">;
    } | null | undefined;
  } | null | undefined;
};
export type documentsJournalQuery = {
  response: documentsJournalQuery$data;
  variables: documentsJournalQuery$variables;
};

const node: ConcreteRequest = (function(){
var v0 = [
  {
    "defaultValue": null,
    "kind": "LocalArgument",
    "name": "id"
  }
],
v1 = [
  {
    "kind": "Variable",
    "name": "id",
    "variableName": "id"
  }
],
v2 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "status",
  "storageKey": null
},
v4 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "netAmount",
      "storageKey": null
    }
  ],
  "type": "JNLC",
  "abstractKey": null
};
return {
  "fragment": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsJournalQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "node",
        "plural": false,
        "selections": [
          {
            "fragment": {
              "kind": "InlineFragment",
              "selections": [
                {
                  "kind": "InlineDataFragmentSpread",
                  "name": "documents_journal",
                  "selections": [
                    (v2/*:: as any*/),
                    (v3/*:: as any*/),
                    (v4/*:: as any*/)
                  ],
                  "args": null,
                  "argumentDefinitions": []
                }
              ],
              "type": "Journal",
              "abstractKey": "__isJournal"
            },
            "kind": "AliasedInlineFragmentSpread",
            "name": "journal"
          }
        ],
        "storageKey": null
      }
    ],
    "type": "Query",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": (v0/*:: as any*/),
    "kind": "Operation",
    "name": "documentsJournalQuery",
    "selections": [
      {
        "alias": null,
        "args": (v1/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "node",
        "plural": false,
        "selections": [
          {
            "alias": null,
            "args": null,
            "kind": "ScalarField",
            "name": "__typename",
            "storageKey": null
          },
          (v2/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              (v3/*:: as any*/),
              (v4/*:: as any*/)
            ],
            "type": "Journal",
            "abstractKey": "__isJournal"
          }
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "afa25eebf5b7ac730230fdf6639d77da",
    "id": null,
    "metadata": {},
    "name": "documentsJournalQuery",
    "operationKind": "query",
    "text": "query documentsJournalQuery(\n  $id: ID!\n) {\n  node(id: $id) {\n    __typename\n    ...documents_journal\n    id\n  }\n}\n\nfragment documents_journal on Journal {\n  __isJournal: __typename\n  id\n  status\n  ... on JNLC {\n    netAmount\n  }\n}\n"
  }
};
})();

(node as any).hash = "4e9fadcaccf02b64d9fe0996d17befa2";

export default node;
