import { setImmediate as turn } from 'node:timers/promises';

import { LRUCache } from 'lru-cache';

import { lruCache } from '../../lruCache.ts';
import type { StatusStreamItem } from '../../upstream/events/readStatusStream.ts';
import type { StatusStream } from '../../upstream/events/StatusEventsClient.ts';

/** Items that wait for a reader, at most, while others read on. */
const maxQueued = 2_000;

/** A reader was left behind by those who share its stream: it has to read on from a stream of its own. */
export class LeftBehindError extends Error {
  override readonly name = 'LeftBehindError';
}

/**
 * One upstream stream for all who want what it brings, each event once. One reader alone is waited for; of several none
 * holds the others.
 */
export class SharedStream {
  readonly #stream: StatusStream;
  readonly #readers = new Set<SharedStreamReader>();
  readonly #seen = new LRUCache<string, true>(lruCache(10_000));

  constructor(stream: StatusStream) {
    this.#stream = stream;
  }

  /** Before `run`: every reader gets all of it. */
  join(): StatusStream {
    const reader = new SharedStreamReader((left) => {
      this.#readers.delete(left);
      if (this.#readers.size === 0) this.#stream.close();
    });
    this.#readers.add(reader);
    return { openedAt: this.#stream.openedAt, items: reader, close: () => reader.close() };
  }

  /** Fulfilled when the stream is over, or when nobody reads it any more. */
  async run(): Promise<void> {
    try {
      for await (const item of this.#stream.items) {
        if (this.#readers.size === 0) break;
        if (!this.#isNews(item)) continue;
        for (const reader of this.#readers) reader.offer(item);
        await this.#makeRoom();
      }
      for (const reader of this.#readers) reader.end(null);
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const reader of this.#readers) reader.end(reason);
    } finally {
      this.#stream.close();
    }
  }

  #isNews(item: StatusStreamItem): boolean {
    if (item.kind === 'heartbeat') return false;
    if (item.kind !== 'event') return true;
    const isNew = !this.#seen.has(item.event.id);
    this.#seen.set(item.event.id, true);
    return isNew;
  }

  async #makeRoom(): Promise<void> {
    const full = [...this.#readers].filter((reader) => reader.isFull);
    if (full.length === 0) return;
    // They may only be waiting for their turn.
    await turn();
    for (const reader of full) {
      if (reader.isFull && this.#readers.size > 1) reader.end(new LeftBehindError('others read on'));
      else if (reader.isFull) await reader.drained();
    }
  }
}

class SharedStreamReader implements AsyncIterableIterator<StatusStreamItem, undefined> {
  readonly #onClose: (reader: SharedStreamReader) => void;
  #queue: StatusStreamItem[] = [];
  #read = 0;
  #isEnded = false;
  #error: Error | null = null;
  #wakeReader: () => void = () => undefined;
  #wakeWriter: () => void = () => undefined;

  constructor(onClose: (reader: SharedStreamReader) => void) {
    this.#onClose = onClose;
  }

  get isFull(): boolean {
    return this.#queue.length - this.#read >= maxQueued;
  }

  offer(item: StatusStreamItem): void {
    if (this.#isEnded) return;
    this.#queue.push(item);
    this.#wakeReader();
  }

  /** Nothing more comes; what is queued is read first. */
  end(error: Error | null): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    this.#wakeReader();
    this.#onClose(this);
  }

  /** Fulfilled once there is room again, or nobody reads any more. */
  async drained(): Promise<void> {
    while (this.isFull && !this.#isEnded) await new Promise<void>((resolve) => (this.#wakeWriter = resolve));
  }

  /** As if the stream had ended: its reader wants nothing more, not even what is queued. */
  close(): void {
    this.#queue = [];
    this.#read = 0;
    this.end(null);
    this.#wakeWriter();
  }

  async next(): Promise<IteratorResult<StatusStreamItem, undefined>> {
    for (;;) {
      const value = this.#queue[this.#read];
      if (value) {
        this.#taken();
        return { done: false, value };
      }
      if (this.#isEnded) break;
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
    const error = this.#error;
    this.#error = null;
    if (error !== null) throw error;
    return { done: true, value: undefined };
  }

  return(): Promise<IteratorResult<StatusStreamItem, undefined>> {
    this.close();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #taken(): void {
    this.#read += 1;
    if (this.#read === this.#queue.length || this.#read > maxQueued) {
      this.#queue = this.#queue.slice(this.#read);
      this.#read = 0;
    }
    this.#wakeWriter();
  }
}
