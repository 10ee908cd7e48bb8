import { closeAll } from '../concurrency/closeAll.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';
import type { RedisConnection } from '../redis/RedisConnection.ts';
import type { StatusEventsClient } from '../upstream/events/StatusEventsClient.ts';

import { encodeEventCursor } from './cursor/eventCursor.ts';
import { beginningAt } from './cursor/eventPosition.ts';
import type { EventPosition } from './cursor/eventPosition.ts';
import type { PositionedEvent, StatusMark } from './cursor/PositionedEvent.ts';
import { defaultWindow } from './feed/EventWindow.ts';
import type { EventWindowOptions } from './feed/EventWindow.ts';
import type { Feed, FeedState } from './feed/Feed.ts';
import { StatusFeed } from './feed/StatusFeed.ts';
import { StatusHub } from './feed/StatusHub.ts';
import type { HubState } from './feed/StatusHub.ts';
import type { StatusReader } from './feed/StatusReader.ts';
import { RedisSlots } from './replay/RedisSlots.ts';
import { SharedReplays } from './replay/SharedReplays.ts';
import type { SharedReplaysOptions } from './replay/SharedReplays.ts';
import { silenceMs } from './replay/ReplayWatch.ts';
import { StatusHistory } from './replay/StatusHistory.ts';
import type { HistoryRange, PastReader } from './replay/StatusHistory.ts';
import { EventLog } from './shared/EventLog.ts';
import type { EventLogOptions } from './shared/EventLog.ts';
import { LoggedHistory } from './shared/LoggedHistory.ts';
import { LogPublisher } from './shared/LogPublisher.ts';
import { SharedFeed } from './shared/SharedFeed.ts';
import { ResumedSubscription } from './subscription/ResumedSubscription.ts';

export interface StatusEventsOptions {
  window?: EventWindowOptions | undefined;
  replays?: SharedReplaysOptions | undefined;
  /** The Redis with the log of events that several gateways share; null for a gateway that runs alone. */
  redis?: RedisConnection | null | undefined;
  log?: EventLogOptions | undefined;
}

export interface EventsState extends HubState {
  feed: FeedState;
  /** How many upstream streams are replaying past events. */
  openReplays: number;
}

/** How long a reader of past events waits for further events once all expected events have arrived, in ms. */
const caughtUpMs = 100;

/** The status events as other modules use them: live and past events, and the feed's current position. */
export class StatusEvents {
  readonly #hub: StatusHub;
  readonly #feed: Feed;
  readonly #replays: SharedReplays;
  /** Reads past events from the API. */
  readonly #history: PastReader;
  /** Reads past events from the shared log if there is one and it has all of them, and otherwise from the API. */
  readonly #past: PastReader;
  readonly #clock: ApiClock;

  constructor(client: StatusEventsClient, clock: ApiClock, log: Log, options: StatusEventsOptions = {}) {
    const { window, replays, redis } = options;
    this.#clock = clock;
    this.#hub = new StatusHub({ window, now: () => clock.latestNow() });
    this.#replays = new SharedReplays(client, replays, redis && new RedisSlots(redis));
    this.#history = new StatusHistory(this.#replays, clock, log);
    if (!redis) {
      this.#feed = new StatusFeed(client, this.#hub, clock, log);
      this.#past = this.#history;
      return;
    }
    const events = new EventLog(redis, options.log);
    const publisher = new LogPublisher(this.#hub, events, window?.max ?? defaultWindow);
    this.#feed = new SharedFeed({ client, events, publisher, clock, log });
    this.#past = new LoggedHistory(this.#history, events, this.#hub);
  }

  /** Opens the feed; it keeps trying until `close()`. */
  start(): void {
    this.#feed.start();
  }

  /** Fulfilled once the feed is open or has failed to open. */
  get firstAttempt(): Promise<void> {
    return this.#feed.firstAttempt;
  }

  get feedState(): FeedState {
    return this.#feed.state;
  }

  get state(): EventsState {
    return { feed: this.feedState, ...this.#hub.state, openReplays: this.#replays.taken };
  }

  /** The feed's current position: a subscription after it misses nothing. Null before the feed has begun. */
  get mark(): StatusMark | null {
    return this.#hub.mark;
  }

  /**
   * Returns a cursor for use while `mark` is null: everything later than a moment, given by `steadyNow`, is after it.
   */
  cursorAt(steadyMs: number): string {
    return encodeEventCursor(beginningAt(this.#clock.earliestAt(steadyMs)));
  }

  /**
   * Subscribes to live events. If `after` is a position, the subscription begins with everything after it.
   *
   * @param isTaking returns whether the client still reads. While it does, the subscription is not ended for falling
   *   behind
   */
  subscribe(
    accepts: (event: JournalStatusEvent) => boolean,
    after: EventPosition | null,
    isTaking: () => boolean = () => true,
  ): StatusReader {
    return new ResumedSubscription(this.#hub, this.#past, { accepts, after, isTaking });
  }

  /** Reads past events, oldest first, at least up to now. @throws CursorExpiredError | TooManyReplaysError | Fault */
  history(
    range: Pick<HistoryRange, 'after' | 'since' | 'until'>,
    signal: AbortSignal,
  ): AsyncGenerator<PositionedEvent, void> {
    return this.#history.read({ ...range, expected: this.#hub.expectedPast, caughtUpMs }, signal);
  }

  /**
   * Reads past events since a moment, in Unix ms, at least up to now. Takes precedence over the replays of all clients,
   * since the fate of reverse batches depends on it. Must not be called concurrently, or clients would wait too long.
   *
   * @param onUnreadable called for each event that can't be read
   * @param isWhole whether to read until the API ends the stream, and not only until all expected events have arrived
   * @throws Fault
   */
  async *eventsSince(
    { sinceMs, isWhole, onUnreadable }: { sinceMs: number; isWhole: boolean; onUnreadable?: () => void },
    signal: AbortSignal,
  ): AsyncGenerator<JournalStatusEvent, void> {
    const range = {
      since: new Date(sinceMs).toISOString(),
      expected: this.#hub.expectedPast,
      isUrgent: true,
      onUnreadable,
      caughtUpMs: isWhole ? silenceMs : caughtUpMs,
    };
    for await (const { event } of this.#history.read(range, signal)) yield event;
  }

  lastStatusOf(journalId: string): string | undefined {
    return this.#hub.lastStatusOf(journalId);
  }

  /** Ends the feed and every subscription. */
  async close(): Promise<void> {
    await closeAll([
      ['the subscriptions', () => this.#hub.close()],
      ['the feed', () => this.#feed.close()],
    ]);
  }
}
