import { z } from 'zod';

import { readJson } from '../domain/readJson.ts';

import { capsFields } from './caps.ts';
import { accountList, payerList, scopes } from './principal.ts';
import type { Grant } from './principal.ts';

const keyEntry = z.strictObject({
  name: z
    .string({ error: 'expected a name' })
    .regex(/^\S(?:.{0,98}\S)?$/, 'expected a name of 1 to 100 characters, without spaces at its ends'),
  hash: z
    .string({ error: 'expected the hash of the key' })
    .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 lowercase hexadecimal digits'),
  scopes: z.array(z.enum(scopes, { error: `expected ${scopes.join(', ')}` }), { error: 'expected a list of scopes' }),
  accounts: accountList.optional(),
  fromAccounts: payerList,
  ...capsFields,
});

const keyFile = z.strictObject({ keys: z.array(keyEntry, { error: 'expected a list of keys' }) });

/** An entry of the file. */
export type KeyEntry = z.input<typeof keyEntry>;

/** A valid key and what it grants. */
export interface ValidKey {
  /** SHA-256 of the key. */
  digest: Buffer;
  grant: Grant;
}

/** Reads a key file. Returns its keys, or all its problems, none of which quotes a secret. */
export function readKeyFile(text: string): { keys: ValidKey[]; problems: string[] } {
  const result = keyFile.safeParse(parseJson(text));
  if (!result.success) return { keys: [], problems: result.error.issues.map(describe) };
  const { keys } = result.data;
  const problems = keys.flatMap(({ hash }, index) =>
    keys.findIndex((other) => other.hash === hash) < index
      ? [`keys.${index}.hash: is also the hash of another key`]
      : [],
  );
  return { keys: keys.map(validKey), problems };
}

/** Adds a key to the text of a key file. */
export function withKey(text: string | null, entry: KeyEntry): string {
  const { keys } = text === null ? { keys: [] } : (readJson(text) as { keys: KeyEntry[] });
  return `${JSON.stringify({ keys: [...keys, entry] }, null, 2)}\n`;
}

function validKey({ hash, accounts, ...grant }: z.output<typeof keyEntry>): ValidKey {
  const digest = Buffer.from(hash.slice('sha256:'.length), 'hex');
  return { digest, grant: { ...grant, accounts: accounts ?? null } };
}

/** Undefined for invalid JSON: the parser's message would quote the file. */
function parseJson(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const message =
    issue.code === 'unrecognized_keys' ? `unknown field: ${issue.keys.map(fieldName).join(', ')}` : issue.message;
  if (issue.path.length > 0) return `${issue.path.join('.')}: ${message}`;
  return issue.code === 'unrecognized_keys' ? message : 'expected a JSON object with a list "keys"';
}

/** Quotes a misspelled field, but not an API key in place of a field. */
function fieldName(name: string): string {
  return /^[a-z]{1,20}$/i.test(name) ? name : '(not a field name)';
}
