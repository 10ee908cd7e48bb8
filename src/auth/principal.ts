import { z } from 'zod';

import { asUuid } from '../domain/uuid.ts';

import { createCaps } from './caps.ts';
import type { Caps, CapsGrant } from './caps.ts';

/** All scopes. */
export const scopes = ['journals:read', 'journals:write', 'journals:travel-rule', 'schema:introspect'] as const;

/** A right that a principal may have. */
export type Scope = (typeof scopes)[number];

/** The rights of a credential, from its key file or its claims. Account IDs are lower-case UUIDs. */
export interface Grant extends CapsGrant {
  /** Identifies the principal in logs and separates its idempotency keys from others'. */
  name: string;
  scopes: readonly Scope[];
  /** The accounts that the principal sees; null for all. */
  accounts: readonly string[] | null;
  /** The accounts that the principal may pay from; null for all. */
  fromAccounts: readonly string[] | null;
}

/** The caller of an operation. */
export interface Principal {
  readonly name: string;
  readonly scopes: ReadonlySet<Scope>;
  readonly accounts: ReadonlySet<string> | null;
  readonly fromAccounts: ReadonlySet<string> | null;
  readonly caps: Caps;
  /** False without authentication: idempotency keys are then sent to the API unchanged if they are short enough. */
  readonly hasOwnKeys: boolean;
  /** Equal for two principals if and only if both see the same data, so that they can share reads. */
  readonly rights: string;
}

export function createPrincipal(grant: Grant): Principal {
  const { name, accounts, fromAccounts } = grant;
  return {
    name,
    scopes: new Set(grant.scopes),
    accounts: accounts && new Set(accounts),
    fromAccounts: fromAccounts && new Set(fromAccounts),
    caps: createCaps(grant),
    hasOwnKeys: true,
    rights: rightsOf(grant),
  };
}

/** The principal of all callers without authentication. Has all rights. */
export const anyone: Principal = {
  ...createPrincipal({ name: 'anyone', scopes, accounts: null, fromAccounts: null }),
  hasOwnKeys: false,
};

/**
 * Includes the name of a principal that is limited to certain accounts, because it sees only its own idempotency keys.
 */
function rightsOf({ name, scopes: granted, accounts }: Grant): string {
  return JSON.stringify([[...new Set(granted)].sort(), accounts && [name, ...[...new Set(accounts)].sort()]]);
}

/** Parses a list of account IDs and converts them to lower case. */
export const accountList = z.array(
  z
    .string({ error: 'expected an account id' })
    .refine((id) => asUuid(id) !== null, 'expected a UUID')
    .transform((id) => id.toLowerCase()),
  { error: 'expected a list of account ids' },
);

/** Parses the accounts that may be paid from: a list of IDs, or `["*"]` for all. Absent: none. */
export const payerList = z
  .union([z.tuple([z.literal('*')]).transform(() => null), accountList], {
    error: 'expected a list of account ids, or ["*"]',
  })
  .default([]);
