import { z } from 'zod';

import { readJson } from '../domain/readJson.ts';

import { accountList, payerList } from './accountList.ts';
import { scopes } from './principal.ts';
import type { Grant } from './principal.ts';

const keyEntry = z.strictObject({
  name: z.string({ error: 'expected a name' }).regex(/^\S(?:.{0,98}\S)?$/, 'expected a name of 1 to 100 characters'),
  hash: z
    .string({ error: 'expected the hash of the key' })
    .regex(/^sha256:[0-9a-f]{64}$/, 'expected sha256: and 64 hexadecimal digits'),
  scopes: z.array(z.enum(scopes, { error: `expected ${scopes.join(', ')}` }), { error: 'expected a list of scopes' }),
  accounts: accountList.optional(),
  fromAccounts: payerList,
});

const keyFile = z.strictObject({ keys: z.array(keyEntry, { error: 'expected a list of keys' }) });

/** An entry as it stands in the file. */
export type KeyEntry = z.input<typeof keyEntry>;

/** A key that is known: what it is compared with, and what it grants. */
export interface KnownKey {
  /** SHA-256 of the key. */
  digest: Buffer;
  grant: Grant;
}

/** @returns the keys of a key file's text, or every problem that it has, none of which repeats a secret */
export function readKeyFile(text: string): { keys: KnownKey[]; problems: string[] } {
  const result = keyFile.safeParse(parseJson(text));
  if (!result.success) return { keys: [], problems: result.error.issues.map(describe) };
  const { keys } = result.data;
  const problems = keys.flatMap(({ hash }, index) =>
    keys.findIndex((other) => other.hash === hash) < index ? [`keys.${index}.hash: another key has it too`] : [],
  );
  return { keys: keys.map(knownKey), problems };
}

/** The text of a key file with one key more. */
export function withKey(text: string | null, entry: KeyEntry): string {
  const { keys } = text === null ? { keys: [] } : (readJson(text) as { keys: KeyEntry[] });
  return `${JSON.stringify({ keys: [...keys, entry] }, null, 2)}\n`;
}

function knownKey({ name, hash, scopes: granted, accounts, fromAccounts }: z.output<typeof keyEntry>): KnownKey {
  const digest = Buffer.from(hash.slice('sha256:'.length), 'hex');
  return { digest, grant: { name, scopes: granted, accounts: accounts ?? null, fromAccounts } };
}

/** The parser's own words would repeat what stands there. */
function parseJson(text: string): unknown {
  try {
    return readJson(text);
  } catch {
    return undefined;
  }
}

function describe(issue: z.core.$ZodIssue): string {
  const words =
    issue.code === 'unrecognized_keys' ? `unknown field: ${issue.keys.map(fieldName).join(', ')}` : issue.message;
  if (issue.path.length > 0) return `${issue.path.join('.')}: ${words}`;
  return issue.code === 'unrecognized_keys' ? words : 'expected JSON, an object with a list "keys"';
}

/** A misspelled field is told; a key that stands where a field should is not. */
function fieldName(name: string): string {
  return /^[a-z]{1,20}$/i.test(name) ? name : 'a name that is none';
}
