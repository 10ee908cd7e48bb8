/**
 * Returns the options of an LRU cache that allocates memory as entries are added. With the option `max`, lru-cache
 * allocates all of its memory at once: two megabytes, in several milliseconds, for a hundred thousand entries.
 */
export function lruCache(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
