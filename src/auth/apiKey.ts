import { createHash, randomBytes } from 'node:crypto';

/** Found in a leaked file or a log, a key says what it is a key of. */
const prefix = 'jgw_';

/** A new key: 256 bits of chance, so that a plain hash of it is as good as the key is secret. */
export function createApiKey(): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** What the key file holds of a key. */
export function hashApiKey(key: string): string {
  return `sha256:${digestOf(key).toString('hex')}`;
}

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}
