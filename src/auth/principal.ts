/** Every scope there is. */
export const scopes = ['journals:read', 'journals:write', 'journals:travel-rule', 'schema:introspect'] as const;

/** What a principal may be allowed. */
export type Scope = (typeof scopes)[number];

/** What a credential grants, as its key file or its claims say. Account ids are lower-case UUIDs. */
export interface Grant {
  /** Names the principal in logs and keeps its idempotency keys apart from others'. */
  name: string;
  scopes: readonly Scope[];
  /** The accounts it sees; null for all. */
  accounts: readonly string[] | null;
  /** The accounts it may pay from; null for all. */
  fromAccounts: readonly string[] | null;
}

/** Who an operation is done for. Every operation has one in its context. */
export interface Principal {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly accounts: ReadonlySet<string> | null;
  readonly fromAccounts: ReadonlySet<string> | null;
  /** False where nobody is told apart from anybody: keys go to the API as they were given. */
  readonly hasOwnKeys: boolean;
  /** Equal for two principals exactly when both are shown the same of everything: what one reads may serve the other. */
  readonly rights: string;
}

export function createPrincipal(grant: Grant): Principal {
  const { name, accounts, fromAccounts } = grant;
  return {
    name,
    scopes: new Set(grant.scopes),
    accounts: accounts && new Set(accounts),
    fromAccounts: fromAccounts && new Set(fromAccounts),
    hasOwnKeys: true,
    rights: rightsOf(grant),
  };
}

/** May do everything: whoever reaches a gateway that asks nobody who they are. */
export const anyone: Principal = {
  ...createPrincipal({ name: 'anyone', scopes, accounts: null, fromAccounts: null }),
  hasOwnKeys: false,
};

/** A principal of some accounts is shown its own idempotency keys only, so that there the name matters too. */
function rightsOf({ name, scopes: granted, accounts }: Grant): string {
  return JSON.stringify([[...new Set(granted)].sort(), accounts && [name, ...[...new Set(accounts)].sort()]]);
}
