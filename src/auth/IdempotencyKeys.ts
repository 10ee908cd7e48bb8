import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { asUuid } from '../domain/uuid.ts';
import { lruCache } from '../lruCache.ts';

import { seesAllAccounts } from './authorize.ts';
import type { Principal } from './principal.ts';

/** A key as it was given, and by whom. */
interface GivenKey {
  principal: string;
  key: string;
}

/** The API is moving from 128 characters to this many. */
const longestSent = 36;

/** How the UUIDs of long keys begin, so that they can be told from keys that clients chose. */
const mark = 'd6a1c0de';

/**
 * Decides what the API is sent for a caller's idempotency key, and what a caller is shown of a key that the API tells.
 * The API knows one space of keys for everything that is sent with the firm's credentials: the same key of two
 * principals would be one journal, and a guessed key would be another principal's journal.
 */
export class IdempotencyKeys {
  /** Enough for the events of a key's journals to arrive while it is known how the key was given. */
  readonly #given = new LRUCache<string, GivenKey>(lruCache(100_000));

  /**
   * What the API is sent for a principal's key: always the same, whichever gateway sends it. Without authentication
   * that is the key itself, unless it is too long. A key that looks like what is sent for a long one is replaced too,
   * so that the two never meet.
   */
  sent(principal: Principal, key: string): string {
    const isLong = key.length > longestSent;
    if (!principal.hasOwnKeys && !isLong && !isOfLongKey(key)) return key;
    const owner = principal.hasOwnKeys ? principal.name : null;
    const uuid = uuidOf(JSON.stringify([owner, key]));
    // A short key of a principal keeps the UUID that earlier versions sent for it.
    const sent = principal.hasOwnKeys && !isLong ? uuid : mark + uuid.slice(mark.length);
    this.#given.set(sent, { principal: principal.name, key });
    return sent;
  }

  /**
   * What a principal is shown of a key that the API tells. One that sees some accounts only is shown its own keys. The
   * UUID of a long key whose spelling is not known here is shown to nobody: sent as a key, it would be another one.
   */
  shown(principal: Principal, sent: string | null): string | null {
    const given = sent === null ? undefined : this.#given.get(sent.toLowerCase());
    if (!seesAllAccounts(principal)) return given?.principal === principal.name ? given.key : null;
    if (given) return given.key;
    return sent !== null && isOfLongKey(sent) ? null : sent;
  }
}

function isOfLongKey(key: string): boolean {
  return asUuid(key)?.startsWith(mark) ?? false;
}

/** A UUID of version 8 (RFC 9562) made of a text. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
