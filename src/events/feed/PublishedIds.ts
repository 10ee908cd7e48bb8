import { LRUCache } from 'lru-cache';

import { lruCache } from '../../lruCache.ts';

/** The ids and times of published events, by which a feed detects repeats. No time is ahead of the API's clock. */
export class PublishedIds {
  readonly #ids = new LRUCache<string, number>({
    ...lruCache(100_000),
    dispose: (ms) => (this.#evictedMs = Math.max(this.#evictedMs, ms)),
  });
  #evictedMs: number;

  /** @param evictedMs the initial value of `evictedMs`: events up to this time may have been published before */
  constructor(evictedMs = -Infinity) {
    this.#evictedMs = evictedMs;
  }

  /** The latest time of an id that was evicted. */
  get evictedMs(): number {
    return this.#evictedMs;
  }

  has(id: string): boolean {
    return this.#ids.has(id);
  }

  add(id: string, ms: number): void {
    if (!this.#ids.has(id)) this.#ids.set(id, ms);
  }

  /** Adapts to an API clock that was set back to this time. */
  setBack(ms: number): void {
    this.#evictedMs = Math.min(this.#evictedMs, ms);
  }
}
