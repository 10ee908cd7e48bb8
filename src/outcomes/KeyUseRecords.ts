import { LRUCache } from 'lru-cache';

import { lruCache } from '../lruCache.ts';

/** The last answer to a key, or `lost` if no call was answered. */
export type KeyUse = { journalId: string } | 'lost';

export interface KeyUseRecords {
  /**
   * Notes a use of a key. A lost call does not replace an answer.
   *
   * @returns the use before, null if there was none, or `unknown` if there may have been one on another gateway
   */
  note(sentKey: string, use: KeyUse): Promise<KeyUse | null | 'unknown'>;
}

/** Uses of keys in this process. */
export class LocalKeyUses implements KeyUseRecords {
  readonly #uses = new LRUCache<string, KeyUse>(lruCache(100_000));

  note(sentKey: string, use: KeyUse): Promise<KeyUse | null> {
    const earlier = this.#uses.get(sentKey) ?? null;
    if (!(earlier && use === 'lost')) this.#uses.set(sentKey, use);
    return Promise.resolve(earlier);
  }
}
