import type { JournalStatusEvent } from '../../domain/journalStatusEvent.ts';

import type { EventPosition } from '../cursor/eventPosition.ts';
import { latenessMs } from '../cursor/eventStamp.ts';
import type { SeenEvents } from './SeenEvents.ts';
import type { PositionedEvent } from '../cursor/PositionedEvent.ts';
import { readWithRetries } from '../replay/readWithRetries.ts';
import type { StatusHistory } from '../replay/StatusHistory.ts';
import type { StatusHub } from '../feed/StatusHub.ts';

/** A feed tells its beginning in whole seconds, by a clock that may be a little off from that of the events, in ms. */
const beginningMs = 2_000;
/** Replayed events that may wait for a subscriber; the replay waits before it reads more. */
const maxWaiting = 512;
/** How long a replay waits for its subscriber, in ms in all; then it lets others have its stream and comes back later. */
const patienceMs = 1_000;

/**
 * Everything behind a position, replayed by the API for one subscriber. It reads ahead by a few hundred events. A
 * subscriber that takes them more slowly than the API brings them gives up the stream, since others wait for one, and
 * reads on with a new one when it has taken half of what waits.
 */
export class ReplayedPast {
  readonly #hub: StatusHub;
  readonly #history: StatusHistory;
  /** What has been replayed, and may come live too. */
  readonly had: SeenEvents;
  readonly #cancel = new AbortController();
  readonly #waiting: PositionedEvent[] = [];
  #place: EventPosition;
  #unread: number;
  #isOver = false;
  #error: Error | null = null;
  #wakeReader: () => void = () => undefined;
  #wakeReplay: () => void = () => undefined;

  constructor(hub: StatusHub, history: StatusHistory, after: EventPosition, had: SeenEvents) {
    this.#hub = hub;
    this.#history = history;
    this.had = had;
    this.#place = after;
    this.#unread = hub.end;
    void this.#replay();
  }

  /** What the hub publishes under this number and later ones follows the past. */
  get unread(): number {
    return this.#unread;
  }

  /** The next event; null when there are no more. @throws what the replay failed with, behind what it brought */
  async next(): Promise<PositionedEvent | null> {
    for (;;) {
      const positioned = this.#waiting.shift();
      if (positioned) {
        if (this.#waiting.length <= maxWaiting / 2) this.#wakeReplay();
        return positioned;
      }
      if (this.#error) throw this.#error;
      if (this.#isOver) return null;
      await new Promise<void>((resolve) => (this.#wakeReader = resolve));
    }
  }

  close(): void {
    this.#cancel.abort();
    this.#waiting.length = 0;
    this.#isOver = true;
    this.#wakeReader();
    this.#wakeReplay();
  }

  /** Where so much happened meanwhile that the window has lost some of it, that is replayed too. */
  async #replay(): Promise<void> {
    const { signal } = this.#cancel;
    try {
      // Until the feed has begun, nobody says where the past ends and the present begins.
      await this.#hub.hasBegun(signal);
      for (let isWhole = false, isFirst = true; !isWhole && !signal.aborted; isFirst = false) {
        await this.#room();
        // What has come live since, and is dated before the place, only the window has.
        if (!this.#hub.reachesBackTo(this.#unread)) this.#unread = this.#hub.end;
        isWhole = (await this.#readOn(signal, isFirst)) && this.#hub.reachesBackTo(this.#unread);
      }
    } catch (error) {
      this.#error = error instanceof Error ? error : new Error(String(error));
    } finally {
      this.#isOver = true;
      this.#wakeReader();
    }
  }

  /** @returns whether it has read all of it */
  async #readOn(signal: AbortSignal, isFirst: boolean): Promise<boolean> {
    const { known } = this.#hub;
    // Where the feed has only begun, all that it hasn't brought itself happened before this moment.
    const upToMs = known?.recent.length === 0 ? known.ms + beginningMs : undefined;
    this.had.beginReplay(known?.ms ?? 0, this.#place.floorMs - latenessMs);
    const range = {
      after: this.#place,
      known,
      upToMs,
      caughtUpMs: 0,
      // The API had these when it was first asked: whatever else comes live has been told since, however old it is.
      lookBackMs: isFirst ? latenessMs : 0,
      onSeen: isFirst ? (event: JournalStatusEvent) => this.had.add(event) : undefined,
      onResolved: (resolved: EventPosition) => this.had.resolve(resolved),
    };
    let last: PositionedEvent | null = null;
    let leftMs = patienceMs;
    try {
      for await (last of readWithRetries(this.#history, range, signal)) {
        this.had.add(last.event);
        this.#waiting.push(last);
        this.#wakeReader();
        if (!this.#isFull()) continue;
        const begunAt = performance.now();
        await this.#room(leftMs);
        leftMs -= performance.now() - begunAt;
        if (this.#isFull() || signal.aborted) return false;
      }
      return true;
    } finally {
      this.#place = last?.position ?? this.#place;
    }
  }

  /** Asked anew after each wait. */
  #isFull(): boolean {
    return this.#waiting.length >= maxWaiting;
  }

  /** Fulfilled when half of what may wait has been taken, when the time is over, or at the end. */
  async #room(timeoutMs?: number): Promise<void> {
    if (!this.#isFull() || this.#cancel.signal.aborted) return;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wakeReplay = resolve;
      if (timeoutMs !== undefined) timer = setTimeout(resolve, Math.max(0, timeoutMs));
    });
    clearTimeout(timer);
  }
}
