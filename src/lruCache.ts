/**
 * The options of an LRU cache of so many entries that takes memory as they come. With lru-cache's own `max` it takes
 * room for all of them when it is made: for a hundred thousand, two megabytes and some milliseconds.
 */
export function lruCache(entries: number): { maxSize: number; sizeCalculation: () => number } {
  return { maxSize: entries, sizeCalculation: () => 1 };
}
