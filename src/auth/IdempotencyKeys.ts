import { createHash } from 'node:crypto';

import { LRUCache } from 'lru-cache';

import { asUuid } from '../domain/uuid.ts';
import { lruCache } from '../lruCache.ts';

import { seesAllAccounts } from './authorize.ts';
import type { Principal } from './principal.ts';

/** The key that a caller gave. */
interface GivenKey {
  principal: string;
  key: string;
}

/** Maximum length of a key that is sent. The API is lowering its limit from 128 characters to this. */
const maxSentLength = 36;

/** Prefix of the UUIDs that stand for long keys and reversals. It distinguishes them from keys that clients chose. */
const longKeyPrefix = 'd6a1c0de';

/**
 * Translates between callers' idempotency keys and the keys that the API receives. The API has one key space for all
 * requests with the firm's credentials: without translation the same key of two principals would be one journal, and a
 * guessed key would return another principal's journal.
 */
export class IdempotencyKeys {
  /** The given keys by sent key. The cache is large enough to keep a key until the events of its journals arrive. */
  readonly #given = new LRUCache<string, GivenKey>(lruCache(100_000));

  /**
   * Returns the key to send for a principal's key; every gateway computes the same one. Without authentication, the key
   * itself is sent, unless it is too long, or looks like the UUID of a long key and might collide with that key.
   */
  keyToSend(principal: Principal, key: string): string {
    const isLong = key.length > maxSentLength;
    if (!principal.hasOwnKeys && !isLong && !isOfLongKey(key)) return key;
    const owner = principal.hasOwnKeys ? principal.name : null;
    // For a principal's short key, earlier versions sent the UUID without the prefix.
    const sent = principal.hasOwnKeys && !isLong ? uuidOf(JSON.stringify([owner, key])) : derivedKey([owner, key]);
    this.#given.set(sent, { principal: principal.name, key });
    return sent;
  }

  /**
   * Returns the key to send for the reversal of a journal: the same from every gateway and for every principal, so that
   * a journal is reversed only once. A client's key is never sent as this key.
   */
  keyOfReversal(journalId: string): string {
    // The hashed list has three items. A client's key is hashed in a list of two, so the two never collide.
    return derivedKey([null, 'reversal', journalId.toLowerCase()]);
  }

  /**
   * Returns the key to show to a principal for a key from the API. A principal that is limited to certain accounts is
   * shown only its own keys. The UUID of a long key is never shown: if a client sent it, it would be replaced by a
   * different key.
   */
  keyToShow(principal: Principal, sent: string | null): string | null {
    const given = sent === null ? undefined : this.#given.get(sent.toLowerCase());
    if (!seesAllAccounts(principal)) return given?.principal === principal.name ? given.key : null;
    if (given) return given.key;
    return sent !== null && isOfLongKey(sent) ? null : sent;
  }
}

/** Returns a UUID with `longKeyPrefix`. A client's own key with this prefix is never sent unchanged. */
function derivedKey(of: readonly (string | null)[]): string {
  return longKeyPrefix + uuidOf(JSON.stringify(of)).slice(longKeyPrefix.length);
}

function isOfLongKey(key: string): boolean {
  return asUuid(key)?.startsWith(longKeyPrefix) ?? false;
}

/** Returns a UUID of version 8 (RFC 9562) from the hash of a text. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
