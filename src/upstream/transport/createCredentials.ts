import type { Log } from '../../log.ts';

import { basicCredentials } from './credentials.ts';
import type { Credentials } from './credentials.ts';
import { OAuthCredentials } from './OAuthCredentials.ts';

/** An API key pair, of one of two kinds. */
export type KeyPair =
  | { kind: 'basic'; keyId: string; secretKey: string }
  | { kind: 'oauth'; clientId: string; clientSecret: string; tokenUrl: string };

export function createCredentials(keys: KeyPair, log: Log): Credentials {
  if (keys.kind === 'basic') return basicCredentials(keys.keyId, keys.secretKey);
  return new OAuthCredentials({ ...keys, log });
}
