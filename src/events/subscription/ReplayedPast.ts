import { waitFor } from '../../concurrency/waitFor.ts';
import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import { beginningErrorMs } from '../cursor/eventPosition.ts';
import type { EventPosition } from '../cursor/eventPosition.ts';
import { latenessMs } from '../cursor/eventStamp.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import type { StatusHub } from '../feed/StatusHub.ts';
import { BoundedQueue } from '../replay/BoundedQueue.ts';
import { readWithRetries } from '../replay/readWithRetries.ts';
import type { PastReader } from '../replay/StatusHistory.ts';
import type { SeenEvents } from './SeenEvents.ts';

/**
 * The maximum number of replayed events queued for a subscriber. While the queue is full, the replay does not read on.
 */
const maxQueued = 512;
/** How long a replay waits for its subscriber in total before it gives up its stream, in ms. */
const maxWaitMs = 1_000;

/**
 * Everything after a position, replayed by the API for one subscriber. The replay reads ahead by a few hundred events.
 * When the subscriber is slower than the API, the replay closes its stream, since other subscribers may be waiting for
 * a stream, and opens a new one once half of the queue was read.
 */
export class ReplayedPast {
  readonly #hub: StatusHub;
  readonly #history: PastReader;
  /** The events that must not be delivered again: those of the replay, and those delivered before it. */
  readonly seen: SeenEvents;
  readonly #closing = new AbortController();
  readonly #queue = new BoundedQueue<PositionedEvent>(maxQueued);
  #position: EventPosition;
  #liveFrom: number;

  constructor(hub: StatusHub, history: PastReader, after: EventPosition, seen: SeenEvents) {
    this.#hub = hub;
    this.#history = history;
    this.seen = seen;
    this.#position = after;
    this.#liveFrom = hub.end;
    void this.#replay();
  }

  /** The number of the hub's first event that does not belong to this past. */
  get liveFrom(): number {
    return this.#liveFrom;
  }

  /** @throws the error of the replay, after the events before the error */
  next(): Promise<IteratorResult<PositionedEvent, undefined>> {
    return this.#queue.next();
  }

  close(): void {
    this.#closing.abort();
    this.#queue.close();
  }

  /**
   * Replays the past. Events that the window has dropped in the meantime, and that were not replayed, are replayed too.
   */
  async #replay(): Promise<void> {
    const { signal } = this.#closing;
    try {
      // Where the past ends is only known once the feed has begun.
      await this.#hub.untilBegun(signal);
      for (let isComplete = false, isFirst = true; !isComplete && !signal.aborted; isFirst = false) {
        if (this.#queue.isFull()) await this.#queue.untilRoom();
        // Moves on only if necessary: live events that are dated before the position are in the window but not in a
        // replay.
        if (!this.#hub.reachesBackTo(this.#liveFrom)) this.#liveFrom = this.#hub.end;
        isComplete = (await this.#readOn(signal, isFirst)) && this.#hub.reachesBackTo(this.#liveFrom);
      }
      this.#queue.end();
    } catch (error) {
      this.#queue.end({ error });
    }
  }

  /** @returns false when the stream was given up before its end */
  async #readOn(signal: AbortSignal, isFirst: boolean): Promise<boolean> {
    const expected = this.#hub.expectedPast;
    // If the feed has just begun, every event that it did not receive happened before this moment.
    const upToMs = expected?.recent.length === 0 ? expected.ms + beginningErrorMs : undefined;
    this.seen.beginReplay(expected?.ms ?? 0, this.#position.floorMs - latenessMs);
    const range = {
      after: this.#position,
      upTo: this.#hub.offsets.at(this.#liveFrom),
      expected,
      upToMs,
      caughtUpMs: 0,
      // A live event that the first replay did not contain arrived later and is new, whatever its date.
      lookBackMs: isFirst ? latenessMs : 0,
      onSeen: isFirst ? (event: JournalStatusEvent) => this.seen.add(event) : undefined,
      onResolved: (resolved: EventPosition) => this.seen.resolve(resolved),
    };
    let last: PositionedEvent | null = null;
    let leftMs = maxWaitMs;
    try {
      for await (last of readWithRetries(this.#history, range, signal)) {
        this.seen.add(last.event);
        this.#queue.push(last);
        if (!this.#queue.isFull()) continue;
        const begunAt = performance.now();
        await waitFor(this.#queue.untilRoom(), { timeoutMs: leftMs });
        leftMs -= performance.now() - begunAt;
        if (this.#queue.isFull() || signal.aborted) return false;
      }
      return true;
    } finally {
      this.#position = last?.position ?? this.#position;
    }
  }
}
