import { createHash } from 'node:crypto';

/** The part of a key in Redis that stands for a text: of a fixed length, and without the text, which may be confidential. */
export function hashedName(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
