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

/** The API is changing its limit from 128 characters to this. */
const maxSentLength = 36;

/** Prefix of the UUIDs of long keys and of reversals, which tells them apart from keys that clients chose. */
const longKeyPrefix = 'd6a1c0de';

/**
 * Translates between callers' idempotency keys and the keys that the API receives. The API has one key space for all
 * requests with the firm's credentials: without translation the same key of two principals would be one journal, and a
 * guessed key would return another principal's journal.
 */
export class IdempotencyKeys {
  /** By sent key. Large enough to keep a key until the events of its journals arrive. */
  readonly #given = new LRUCache<string, GivenKey>(lruCache(100_000));

  /**
   * The key to send for a principal's key; every gateway computes the same one. Without authentication it is the key
   * itself, unless that is too long. A key that looks like the UUID of a long key is replaced too, so that the two
   * never collide.
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
   * The key to send for the reversal of a journal: the same from every gateway and for every principal, so that a journal
   * is reversed once. No client's key is ever sent as this one.
   */
  keyOfReversal(journalId: string): string {
    // The hashed list has three items. A client's key is hashed in a list of two, so the two never collide.
    return derivedKey([null, 'reversal', journalId.toLowerCase()]);
  }

  /**
   * The key to show to a principal for a key from the API. A principal that is limited to certain accounts is shown its
   * own keys only. The UUID of a long key is never shown: a client that sent it would get a different key.
   */
  keyToShow(principal: Principal, sent: string | null): string | null {
    const given = sent === null ? undefined : this.#given.get(sent.toLowerCase());
    if (!seesAllAccounts(principal)) return given?.principal === principal.name ? given.key : null;
    if (given) return given.key;
    return sent !== null && isOfLongKey(sent) ? null : sent;
  }
}

/** A UUID with `longKeyPrefix`. A client's own key with this prefix is never sent unchanged. */
function derivedKey(of: readonly (string | null)[]): string {
  return longKeyPrefix + uuidOf(JSON.stringify(of)).slice(longKeyPrefix.length);
}

function isOfLongKey(key: string): boolean {
  return asUuid(key)?.startsWith(longKeyPrefix) ?? false;
}

/** A UUID of version 8 (RFC 9562) from the hash of a text. */
function uuidOf(text: string): string {
  const bytes = createHash('sha256').update(text, 'utf8').digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
