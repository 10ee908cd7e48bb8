/**
 * Options of an LRU cache that allocates memory as entries are added. With `max`, lru-cache allocates it all at once: two
 * megabytes and several milliseconds for a hundred thousand entries.
 */
export function lruCache(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
