import { setImmediate as nextTick } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import { lruCache } from '../../lruCache.ts';
import type { StatusStreamItem } from '../../upstream/events/readStatusStream.ts';
import type { StatusStream } from '../../upstream/events/StatusEventsClient.ts';

import { BoundedQueue } from './BoundedQueue.ts';

/** The maximum number of items that are queued for a reader. */
const maxQueued = 2_000;

/** A reader was slower than the others of its stream and has to continue with a stream of its own. */
export class LeftBehindError extends Error {
  override readonly name = 'LeftBehindError';
}

/**
 * Shares one upstream stream between readers, and drops repeated events and heartbeats. If there is one reader, the
 * stream is read at the pace of this reader. If there are several, a reader that falls behind is removed.
 */
export class SharedStream {
  readonly #stream: StatusStream;
  readonly #readers = new Set<BoundedQueue<StatusStreamItem>>();
  readonly #seen = new LRUCache<string, true>(lruCache(10_000));

  constructor(stream: StatusStream) {
    this.#stream = stream;
  }

  /** Adds a reader. Must be called before `run`, so that every reader gets the whole stream. */
  join(): StatusStream {
    const items = new BoundedQueue<StatusStreamItem>(maxQueued);
    this.#readers.add(items);
    const close = () => {
      items.close();
      this.#readers.delete(items);
      if (this.#readers.size === 0) this.#stream.close();
    };
    return { openedAt: this.#stream.openedAt, items, close };
  }

  /** Passes the stream to the readers until the stream has ended or no reader is left. */
  async run(): Promise<void> {
    let failure: { error: unknown } | null = null;
    try {
      for await (const item of this.#stream.items) {
        if (this.#readers.size === 0) break;
        if (!this.#isNew(item)) continue;
        for (const reader of this.#readers) reader.push(item);
        await this.#makeRoom();
      }
    } catch (error) {
      failure = { error };
    }
    for (const reader of this.#readers) reader.end(failure);
    this.#stream.close();
  }

  #isNew(item: StatusStreamItem): boolean {
    if (item.kind === 'heartbeat') return false;
    if (item.kind !== 'event') return true;
    const isNew = !this.#seen.has(item.event.id);
    this.#seen.set(item.event.id, true);
    return isNew;
  }

  async #makeRoom(): Promise<void> {
    const full = [...this.#readers].filter((reader) => reader.isFull());
    if (full.length === 0) return;
    // Gives each reader a chance to run before it counts as slow.
    await nextTick();
    for (const reader of full) {
      if (reader.isFull() && this.#readers.size > 1) {
        this.#readers.delete(reader);
        reader.end({ error: new LeftBehindError('other readers are faster') });
      } else if (reader.isFull()) {
        await reader.untilRoom();
      }
    }
  }
}
