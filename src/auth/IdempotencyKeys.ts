import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { growingTo } from '../growingTo.ts';

import { seesAllAccounts } from './authorize.ts';
import type { Principal } from './principal.ts';

/** A key as it was given, and by whom. */
interface GivenKey {
  principal: string;
  key: string;
}

/**
 * Keeps the callers' idempotency keys apart. The API knows one space of keys for all that is sent with the firm's
 * credentials: the same word of two principals would be one journal, and a guessed one another's journal.
 */
export class IdempotencyKeys {
  /** Enough for the events of a key's journals to come while it is known how it was given. */
  readonly #given = new LRUCache<string, GivenKey>(growingTo(100_000));

  /** What the API is sent for a principal's key: always the same, whichever gateway sends it. */
  sent(principal: Principal, key: string): string {
    if (!principal.hasOwnKeys) return key;
    const sent = uuidOf(JSON.stringify([principal.name, key]));
    this.#given.set(sent, { principal: principal.name, key });
    return sent;
  }

  /** What a principal is shown of a key that the API tells: one of some accounts sees its own only. */
  shown(principal: Principal, sent: string | null): string | null {
    const given = sent === null ? undefined : this.#given.get(sent);
    if (seesAllAccounts(principal)) return given?.key ?? sent;
    return given?.principal === principal.name ? given.key : null;
  }
}

/** A UUID of version 8 (RFC 9562) made of a text: the API wants 36 characters at most. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
