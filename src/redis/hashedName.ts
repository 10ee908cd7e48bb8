import { createHash } from 'node:crypto';

/** Returns a hash of fixed length, for use in Redis keys in place of a text that may be confidential. */
export function hashedName(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
