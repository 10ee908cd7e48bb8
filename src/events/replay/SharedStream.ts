import { setImmediate as nextTick } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import { Notifier } from '../../concurrency/Notifier.ts';
import { lruCache } from '../../lruCache.ts';
import type { StatusStreamItem } from '../../upstream/events/readStatusStream.ts';
import type { StatusStream } from '../../upstream/events/StatusEventsClient.ts';

/** How many items are queued at most for a reader that is slower than the others. */
const maxQueued = 2_000;

/** A reader was slower than the others of its stream and has to continue with a stream of its own. */
export class LeftBehindError extends Error {
  override readonly name = 'LeftBehindError';
}

/**
 * Shares one upstream stream between readers, and drops repeated events. If there is one reader, the stream is read at
 * the pace of this reader. If there are several, a reader that falls behind is removed.
 */
export class SharedStream {
  readonly #stream: StatusStream;
  readonly #readers = new Set<SharedStreamReader>();
  readonly #seen = new LRUCache<string, true>(lruCache(10_000));

  constructor(stream: StatusStream) {
    this.#stream = stream;
  }

  /** To be called before `run`, so that every reader gets all of the stream. */
  join(): StatusStream {
    const reader = new SharedStreamReader((left) => {
      this.#readers.delete(left);
      if (this.#readers.size === 0) this.#stream.close();
    });
    this.#readers.add(reader);
    return { openedAt: this.#stream.openedAt, items: reader, close: () => reader.close() };
  }

  /** Fulfilled when the stream has ended or has no more readers. */
  async run(): Promise<void> {
    let end: StreamEnd = {};
    try {
      for await (const item of this.#stream.items) {
        if (this.#readers.size === 0) break;
        if (!this.#isNew(item)) continue;
        for (const reader of this.#readers) reader.offer(item);
        await this.#makeRoom();
      }
    } catch (error) {
      end = { error };
    }
    for (const reader of this.#readers) reader.end(end);
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
    const full = [...this.#readers].filter((reader) => reader.isFull);
    if (full.length === 0) return;
    // Gives each reader a chance to run before it counts as slow.
    await nextTick();
    for (const reader of full) {
      if (reader.isFull && this.#readers.size > 1)
        reader.end({ error: new LeftBehindError('other readers are faster') });
      else if (reader.isFull) await reader.drained();
    }
  }
}

interface StreamEnd {
  /** Why the stream failed. Absent when it ended normally. */
  error?: unknown;
}

class SharedStreamReader implements AsyncIterableIterator<StatusStreamItem, undefined> {
  readonly #onClose: (reader: SharedStreamReader) => void;
  readonly #changed = new Notifier();
  readonly #taken = new Notifier();
  #queue: StatusStreamItem[] = [];
  #read = 0;
  #end: StreamEnd | null = null;

  constructor(onClose: (reader: SharedStreamReader) => void) {
    this.#onClose = onClose;
  }

  get isFull(): boolean {
    return this.#queue.length - this.#read >= maxQueued;
  }

  offer(item: StatusStreamItem): void {
    if (this.#end) return;
    this.#queue.push(item);
    this.#changed.notify();
  }

  /** Ends the stream for this reader, who can still read the queued items. */
  end(end: StreamEnd): void {
    if (this.#end) return;
    this.#end = end;
    this.#changed.notify();
    this.#onClose(this);
  }

  /** Fulfilled once the queue has room again or the reader has closed. */
  async drained(): Promise<void> {
    while (this.isFull && !this.#end) await this.#taken.next();
  }

  /** Ends the stream for this reader and drops the queued items. */
  close(): void {
    this.#queue = [];
    this.#read = 0;
    this.end({});
    this.#taken.notify();
  }

  async next(): Promise<IteratorResult<StatusStreamItem, undefined>> {
    for (;;) {
      const value = this.#queue[this.#read];
      if (value) {
        this.#advance();
        return { done: false, value };
      }
      if (this.#end) break;
      await this.#changed.next();
    }
    const end = this.#end;
    this.#end = {};
    if ('error' in end) throw end.error;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<StatusStreamItem, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #advance(): void {
    this.#read += 1;
    if (this.#read === this.#queue.length || this.#read > maxQueued) {
      this.#queue = this.#queue.slice(this.#read);
      this.#read = 0;
    }
    this.#taken.notify();
  }
}
