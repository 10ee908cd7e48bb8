import { writeFile } from 'node:fs/promises';

import { createApiKey, hashApiKey } from '../../src/auth/apiKey.ts';
import type { KeyEntry } from '../../src/auth/keyFile.ts';

export interface NewKey {
  key: string;
  entry: KeyEntry;
}

export function newKey(name: string, grant: Partial<KeyEntry> = {}): NewKey {
  const key = createApiKey();
  return { key, entry: { name, hash: hashApiKey(key), scopes: ['journals:read'], ...grant } };
}

export async function writeKeyFile(path: string, keys: readonly NewKey[]): Promise<void> {
  await writeFile(path, JSON.stringify({ keys: keys.map(({ entry }) => entry) }));
}
