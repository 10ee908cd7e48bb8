/** What a principal may be allowed. */
export type Scope = 'journals:read' | 'journals:write' | 'journals:travel-rule' | 'schema:introspect';

/** Who an operation is done for. Every operation has one in its context. */
export interface Principal {
  /** Names the principal in logs and keeps its idempotency keys apart from others'. */
  name: string;
  scopes: ReadonlySet<Scope>;
  /** The accounts it sees; null for all. */
  accounts: ReadonlySet<string> | null;
  /** The accounts it may pay from; null for all. */
  fromAccounts: ReadonlySet<string> | null;
}

/** May do everything: whoever reaches a gateway without authentication. */
export const anyone: Principal = {
  name: 'anyone',
  scopes: new Set<Scope>(['journals:read', 'journals:write', 'journals:travel-rule', 'schema:introspect']),
  accounts: null,
  fromAccounts: null,
};
