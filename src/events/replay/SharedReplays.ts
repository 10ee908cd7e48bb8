import { setTimeout as wait } from 'node:timers/promises';

import type { StatusEventsClient, StatusStream } from '../../upstream/events/StatusEventsClient.ts';

import { SharedStream } from './SharedStream.ts';
import { StreamSlots } from './StreamSlots.ts';
import { TooManyReplaysError } from '../../errors/streamErrors.ts';

export interface SharedReplaysOptions {
  /** Replays open at once. Default 4: the API allows 25 streams per customer, and the feed must always find one. */
  streams?: number | undefined;
  /** Readers that may wait for a replay; further ones are refused. Default 5,000. */
  waiting?: number | undefined;
}

/** What a reader wants replayed, in unix ms by the API's clock. */
export interface ReplayBounds {
  sinceMs: number;
  untilMs: number;
  /** The reader wants a stream of its own. */
  isAlone?: boolean | undefined;
  /** The reader goes before all who wait, and is never refused: for one that asks one replay at a time. */
  isUrgent?: boolean | undefined;
}

/** How long a replay waits for others that want the same, in ms. */
const gatheringMs = 20;
/** Ranges that together are no longer than this are always read in one, in ms. */
const shortMs = 300_000;

interface Waiting {
  resolve: (stream: StatusStream) => void;
  reject: (error: Error) => void;
}

/** Several readers whose replay has not been opened yet. */
class Gathering {
  readonly readers = new Set<Waiting>();
  /** Aborted when the last reader has left. */
  readonly left = new AbortController();
  readonly isUrgent: boolean;
  readonly #isAlone: boolean;
  sinceMs: number;
  untilMs: number;

  constructor({ sinceMs, untilMs, isAlone = false, isUrgent = false }: ReplayBounds) {
    this.sinceMs = sinceMs;
    this.untilMs = untilMs;
    this.isUrgent = isUrgent;
    // An urgent one waits for nobody, and nobody can make it longer.
    this.#isAlone = isAlone || isUrgent;
  }

  /** Overlapping ranges are read in one, unless one of them would wait for much that it doesn't want. */
  suits({ sinceMs, untilMs }: ReplayBounds): boolean {
    if (this.#isAlone || this.left.signal.aborted) return false;
    if (sinceMs > this.untilMs || untilMs < this.sinceMs) return false;
    const together = Math.max(this.untilMs, untilMs) - Math.min(this.sinceMs, sinceMs);
    const shorter = Math.min(this.untilMs - this.sinceMs, untilMs - sinceMs);
    return together <= Math.max(shortMs, 2 * shorter);
  }

  join(reader: Waiting, { sinceMs, untilMs }: ReplayBounds): void {
    this.sinceMs = Math.min(this.sinceMs, sinceMs);
    this.untilMs = Math.max(this.untilMs, untilMs);
    this.readers.add(reader);
  }

  leave(reader: Waiting): void {
    this.readers.delete(reader);
    if (this.readers.size === 0) this.left.abort();
  }
}

/** The few upstream streams that serve all replays: overlapping ranges share one, the others wait for their turn. */
export class SharedReplays {
  readonly #client: StatusEventsClient;
  readonly #slots: StreamSlots;
  readonly #maxWaiting: number;
  readonly #gatherings = new Set<Gathering>();

  constructor(client: StatusEventsClient, { streams = 4, waiting = 5_000 }: SharedReplaysOptions = {}) {
    this.#client = client;
    this.#slots = new StreamSlots(streams);
    this.#maxWaiting = waiting;
  }

  /** Streams that are open, or about to be. */
  get taken(): number {
    return this.#slots.taken;
  }

  /**
   * A stream that brings everything between the bounds, and perhaps more. Its reader has to close it.
   *
   * @param signal ends the wait, and the reading
   * @throws TooManyReplaysError | Fault
   */
  async open(bounds: ReplayBounds, signal: AbortSignal): Promise<StatusStream> {
    const waiting = [...this.#gatherings].reduce((sum, { readers }) => sum + readers.size, 0);
    const isFull = waiting >= this.#maxWaiting && !bounds.isUrgent;
    if (signal.aborted || isFull) throw new TooManyReplaysError(null);
    const gathering = this.#gatheringFor(bounds);
    return new Promise<StatusStream>((resolve, reject) => {
      let stream: StatusStream | null = null;
      const leave = () => {
        stream?.close();
        gathering.leave(reader);
        reject(new TooManyReplaysError(null));
      };
      const settle = () => signal.removeEventListener('abort', leave);
      const reader: Waiting = {
        resolve: (opened) => {
          const close = () => {
            settle();
            opened.close();
          };
          stream = { items: opened.items, openedAt: opened.openedAt, close };
          resolve(stream);
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      gathering.join(reader, bounds);
    });
  }

  #gatheringFor(bounds: ReplayBounds): Gathering {
    const found =
      bounds.isAlone || bounds.isUrgent
        ? undefined
        : [...this.#gatherings].find((gathering) => gathering.suits(bounds));
    if (found) return found;
    const gathering = new Gathering(bounds);
    this.#gatherings.add(gathering);
    void this.#serve(gathering);
    return gathering;
  }

  async #serve(gathering: Gathering): Promise<void> {
    const { signal } = gathering.left;
    await wait(gatheringMs, undefined, { signal }).catch(() => undefined);
    const release = await this.#slots.take(signal, gathering.isUrgent);
    this.#gatherings.delete(gathering);
    if (!release) return;
    try {
      const bounds = { since: asInstant(gathering.sinceMs), until: asInstant(gathering.untilMs) };
      const shared = new SharedStream(await this.#client.open(bounds, signal));
      for (const { resolve } of gathering.readers) resolve(shared.join());
      await shared.run();
    } catch (error) {
      const reason = error instanceof Error ? error : new Error(String(error));
      for (const { reject } of gathering.readers) reject(reason);
    } finally {
      release();
    }
  }
}

function asInstant(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString();
}
