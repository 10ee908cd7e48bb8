import { createHash, randomBytes } from 'node:crypto';

/** Identifies a leaked key as one of this gateway. */
const prefix = 'jgw_';

/** Creates a key with 256 random bits, so that an unsalted hash is safe to store. */
export function createApiKey(): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** The hash that the key file stores. */
export function hashApiKey(key: string): string {
  return `sha256:${digestOf(key).toString('hex')}`;
}

export function digestOf(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
}
