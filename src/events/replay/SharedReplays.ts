import { Deferred } from '../../concurrency/Deferred.ts';
import { releaseOnce } from '../../concurrency/releaseOnce.ts';
import { pause } from '../../concurrency/waitFor.ts';
import { TooManyReplaysError } from '../../errors/subscriptionErrors.ts';
import type { StatusEventsClient, StatusStream } from '../../upstream/events/StatusEventsClient.ts';

import type { RedisSlots } from './RedisSlots.ts';
import { SharedStream } from './SharedStream.ts';
import { StreamSlots } from './StreamSlots.ts';

export interface SharedReplaysOptions {
  /** How many replays may be open at once. Default 4: the API allows 25 streams per customer, including the feed's. */
  streams?: number | undefined;
  /** How many readers may wait for a replay. Further readers are refused. Default 5,000. */
  waiting?: number | undefined;
}

/** The range that a reader wants to be replayed, in Unix ms by the API's clock. */
export interface ReplayBounds {
  sinceMs: number;
  untilMs: number;
  /** Whether the reader needs a stream of its own. */
  isAlone?: boolean | undefined;
  /** Whether the reader goes first and is never refused. Only for a reader that opens one replay at a time. */
  isUrgent?: boolean | undefined;
}

/** How long a replay waits before its stream is opened, in ms, so that readers with overlapping ranges can join. */
const gatheringMs = 20;
/** Overlapping ranges always share a stream if together they span no more than this, in ms. */
const shortMs = 300_000;

/** Readers that will share one replay, which has not been opened yet. */
class ReplayGroup {
  readonly requests = new Set<Deferred<StatusStream>>();
  /** Aborted when the last reader has left. */
  readonly abandoned = new AbortController();
  readonly isUrgent: boolean;
  readonly #isAlone: boolean;
  sinceMs: number;
  untilMs: number;

  constructor({ sinceMs, untilMs, isAlone = false, isUrgent = false }: ReplayBounds) {
    this.sinceMs = sinceMs;
    this.untilMs = untilMs;
    this.isUrgent = isUrgent;
    // An urgent replay has one reader: others could only make its range longer.
    this.#isAlone = isAlone || isUrgent;
  }

  /**
   * Whether a reader of this range may join: the ranges overlap, and no reader gets many events outside its own range.
   */
  suits({ sinceMs, untilMs }: ReplayBounds): boolean {
    if (this.#isAlone || this.abandoned.signal.aborted) return false;
    if (sinceMs > this.untilMs || untilMs < this.sinceMs) return false;
    const together = Math.max(this.untilMs, untilMs) - Math.min(this.sinceMs, sinceMs);
    const shorter = Math.min(this.untilMs - this.sinceMs, untilMs - sinceMs);
    return together <= Math.max(shortMs, 2 * shorter);
  }

  join(request: Deferred<StatusStream>, { sinceMs, untilMs }: ReplayBounds): void {
    this.sinceMs = Math.min(this.sinceMs, sinceMs);
    this.untilMs = Math.max(this.untilMs, untilMs);
    this.requests.add(request);
  }

  leave(request: Deferred<StatusStream>): void {
    this.requests.delete(request);
    if (this.requests.size === 0) this.abandoned.abort();
  }
}

/** Serves all replays with a few upstream streams. Readers of overlapping ranges share a stream; other readers wait. */
export class SharedReplays {
  readonly #client: StatusEventsClient;
  readonly #max: number;
  readonly #maxWaiting: number;
  readonly #slots: StreamSlots;
  readonly #sharedSlots: RedisSlots | null;
  readonly #groups = new Set<ReplayGroup>();

  /** @param sharedSlots limits the streams of several gateways together */
  constructor(
    client: StatusEventsClient,
    { streams = 4, waiting = 5_000 }: SharedReplaysOptions = {},
    sharedSlots: RedisSlots | null = null,
  ) {
    this.#client = client;
    this.#max = streams;
    this.#maxWaiting = waiting;
    this.#slots = new StreamSlots(streams);
    this.#sharedSlots = sharedSlots;
  }

  /** How many streams are open or being opened. */
  get taken(): number {
    return this.#slots.taken;
  }

  /**
   * Opens a stream that contains all events of the range, and possibly more. The reader has to close the stream.
   *
   * @param signal ends the wait for the stream, and later the stream
   * @throws TooManyReplaysError | Fault
   */
  async open(bounds: ReplayBounds, signal: AbortSignal): Promise<StatusStream> {
    const waiting = [...this.#groups].reduce((sum, { requests }) => sum + requests.size, 0);
    const isFull = waiting >= this.#maxWaiting && !bounds.isUrgent;
    if (signal.aborted || isFull) throw new TooManyReplaysError(null);
    const group = this.#groupFor(bounds);
    const request = new Deferred<StatusStream>();
    const leave = () => {
      group.leave(request);
      request.reject(new TooManyReplaysError(null));
    };
    signal.addEventListener('abort', leave, { once: true });
    group.join(request, bounds);
    try {
      return closedBy(signal, await request.promise);
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  #groupFor(bounds: ReplayBounds): ReplayGroup {
    const canShare = !bounds.isAlone && !bounds.isUrgent;
    const found = canShare ? [...this.#groups].find((group) => group.suits(bounds)) : undefined;
    if (found) return found;
    const group = new ReplayGroup(bounds);
    this.#groups.add(group);
    void this.#serve(group);
    return group;
  }

  async #serve(group: ReplayGroup): Promise<void> {
    const { signal } = group.abandoned;
    await pause(gatheringMs, signal);
    const hasSlot = await this.#slots.take(signal, group.isUrgent);
    const releaseShared = await this.#sharedSlots?.take(group.isUrgent ? null : this.#max, signal);
    this.#groups.delete(group);
    try {
      if (signal.aborted) return;
      const bounds = { since: asInstant(group.sinceMs), until: asInstant(group.untilMs) };
      const shared = new SharedStream(await this.#client.open(bounds, signal));
      for (const { resolve } of group.requests) resolve(shared.join());
      await shared.run();
    } catch (error) {
      for (const { reject } of group.requests) reject(error);
    } finally {
      releaseShared?.();
      if (hasSlot) this.#slots.release();
    }
  }
}

function closedBy(signal: AbortSignal, { items, openedAt, ...stream }: StatusStream): StatusStream {
  const close = releaseOnce(() => {
    signal.removeEventListener('abort', close);
    stream.close();
  });
  signal.addEventListener('abort', close, { once: true });
  if (signal.aborted) close();
  return { items, openedAt, close };
}

function asInstant(ms: number): string {
  return new Date(Math.max(0, ms)).toISOString();
}
