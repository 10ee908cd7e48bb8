import { join } from 'node:path';

import type { KeyEntry } from '../../src/auth/keyFile.ts';
import type { Gateway } from '../../src/gateway.ts';

import { newKey, writeKeyFile } from './keyFile.ts';
import { temporaryFolder } from './temporaryFolder.ts';
import { bearer, operate } from './operate.ts';
import type { Outcome } from './operate.ts';
import { startGateway } from './startGateway.ts';
import type { GatewaySettings } from './startGateway.ts';

export interface KeyedGateway<Name extends string> {
  url: string;
  gateway: Gateway;
  /** The `Authorization` header of each principal. */
  credentials: Record<Name, string>;
  ask: (name: Name, query: string, variables?: Record<string, unknown>) => Promise<Outcome>;
}

/** Starts a gateway with a key file. The principals are identified by their names. */
export async function startWithKeys<Name extends string>(
  upstreamUrl: string,
  grants: Record<Name, Partial<{ [Field in keyof KeyEntry]: KeyEntry[Field] | undefined }>>,
  settings: GatewaySettings = {},
): Promise<KeyedGateway<Name>> {
  const keys = Object.entries(grants).map(([name, grant]) => newKey(name, grant as Partial<KeyEntry>));
  const file = join(await temporaryFolder(), 'keys.json');
  await writeKeyFile(file, keys);
  const gateway = await startGateway(upstreamUrl, {}, { ...settings, auth: { kind: 'api-key', file } });
  const { url } = gateway;
  const credentials = Object.fromEntries(keys.map(({ key, entry }) => [entry.name, bearer(key)])) as Record<
    Name,
    string
  >;
  return {
    url,
    gateway,
    credentials,
    ask: (name, query, variables) => operate('HTTP', url, credentials[name], query, variables),
  };
}
