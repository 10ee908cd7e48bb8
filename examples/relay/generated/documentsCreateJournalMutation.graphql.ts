/**
 * @generated SignedSource<<69dfeada7fef0e2bd12c7ca4f5480a7a>>
 * @lightSyntaxTransform
 */

/* tslint:disable */
/* eslint-disable */
// @ts-nocheck

import type { ConcreteRequest } from 'relay-runtime';
import type { FragmentRefs } from "relay-runtime";
export type CreateJournalInput = {
  jnlc: CreateJNLCInput;
  jnls?: never;
} | {
  jnlc?: never;
  jnls: CreateJNLSInput;
};
export type CreateJNLCInput = {
  amount: string;
  currency?: string | null | undefined;
  description?: string | null | undefined;
  fromAccount: string;
  toAccount: string;
  transmitterAccountNumber?: string | null | undefined;
  transmitterAddress?: string | null | undefined;
  transmitterFinancialInstitution?: string | null | undefined;
  transmitterName?: string | null | undefined;
  transmitterTimestamp?: string | null | undefined;
};
export type CreateJNLSInput = {
  currency?: string | null | undefined;
  description?: string | null | undefined;
  fromAccount: string;
  qty: string;
  symbol: string;
  toAccount: string;
};
export type documentsCreateJournalMutation$variables = {
  idempotencyKey: string;
  input: CreateJournalInput;
};
export type documentsCreateJournalMutation$data = {
  readonly createJournal: {
    readonly __typename: string;
    readonly journal?: {
      readonly " $fragmentSpreads": FragmentRefs<"documents_journal">;
    };
    readonly message?: string;
    readonly retryAt?: string | null | undefined;
  } | null | undefined;
};
export type documentsCreateJournalMutation = {
  response: documentsCreateJournalMutation$data;
  variables: documentsCreateJournalMutation$variables;
};

const node: ConcreteRequest = (function(){
var v0 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "idempotencyKey"
},
v1 = {
  "defaultValue": null,
  "kind": "LocalArgument",
  "name": "input"
},
v2 = [
  {
    "kind": "Variable",
    "name": "idempotencyKey",
    "variableName": "idempotencyKey"
  },
  {
    "kind": "Variable",
    "name": "input",
    "variableName": "input"
  }
],
v3 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "__typename",
  "storageKey": null
},
v4 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "id",
  "storageKey": null
},
v5 = {
  "alias": null,
  "args": null,
  "kind": "ScalarField",
  "name": "status",
  "storageKey": null
},
v6 = {
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
},
v7 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "message",
      "storageKey": null
    }
  ],
  "type": "JournalError",
  "abstractKey": "__isJournalError"
},
v8 = {
  "kind": "InlineFragment",
  "selections": [
    {
      "alias": null,
      "args": null,
      "kind": "ScalarField",
      "name": "retryAt",
      "storageKey": null
    }
  ],
  "type": "OutcomeUnknownError",
  "abstractKey": null
};
return {
  "fragment": {
    "argumentDefinitions": [
      (v0/*:: as any*/),
      (v1/*:: as any*/)
    ],
    "kind": "Fragment",
    "metadata": null,
    "name": "documentsCreateJournalMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "createJournal",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              {
                "alias": null,
                "args": null,
                "concreteType": null,
                "kind": "LinkedField",
                "name": "journal",
                "plural": false,
                "selections": [
                  {
                    "kind": "InlineDataFragmentSpread",
                    "name": "documents_journal",
                    "selections": [
                      (v4/*:: as any*/),
                      (v5/*:: as any*/),
                      (v6/*:: as any*/)
                    ],
                    "args": null,
                    "argumentDefinitions": []
                  }
                ],
                "storageKey": null
              }
            ],
            "type": "CreateJournalSuccess",
            "abstractKey": null
          },
          (v7/*:: as any*/),
          (v8/*:: as any*/)
        ],
        "storageKey": null
      }
    ],
    "type": "Mutation",
    "abstractKey": null
  },
  "kind": "Request",
  "operation": {
    "argumentDefinitions": [
      (v1/*:: as any*/),
      (v0/*:: as any*/)
    ],
    "kind": "Operation",
    "name": "documentsCreateJournalMutation",
    "selections": [
      {
        "alias": null,
        "args": (v2/*:: as any*/),
        "concreteType": null,
        "kind": "LinkedField",
        "name": "createJournal",
        "plural": false,
        "selections": [
          (v3/*:: as any*/),
          {
            "kind": "InlineFragment",
            "selections": [
              {
                "alias": null,
                "args": null,
                "concreteType": null,
                "kind": "LinkedField",
                "name": "journal",
                "plural": false,
                "selections": [
                  (v3/*:: as any*/),
                  {
                    "kind": "TypeDiscriminator",
                    "abstractKey": "__isJournal"
                  },
                  (v4/*:: as any*/),
                  (v5/*:: as any*/),
                  (v6/*:: as any*/)
                ],
                "storageKey": null
              }
            ],
            "type": "CreateJournalSuccess",
            "abstractKey": null
          },
          (v7/*:: as any*/),
          (v8/*:: as any*/)
        ],
        "storageKey": null
      }
    ]
  },
  "params": {
    "cacheID": "f163e1902fe15f16a1ff0af2b7f978ce",
    "id": null,
    "metadata": {},
    "name": "documentsCreateJournalMutation",
    "operationKind": "mutation",
    "text": "mutation documentsCreateJournalMutation(\n  $input: CreateJournalInput!\n  $idempotencyKey: String!\n) {\n  createJournal(input: $input, idempotencyKey: $idempotencyKey) {\n    __typename\n    ... on CreateJournalSuccess {\n      journal {\n        __typename\n        ...documents_journal\n        id\n      }\n    }\n    ... on JournalError {\n      __isJournalError: __typename\n      message\n    }\n    ... on OutcomeUnknownError {\n      retryAt\n    }\n  }\n}\n\nfragment documents_journal on Journal {\n  __isJournal: __typename\n  id\n  status\n  ... on JNLC {\n    netAmount\n  }\n}\n"
  }
};
})();

(node as any).hash = "532a2f591a3c09e238d7c14ded1ec619";

export default node;
