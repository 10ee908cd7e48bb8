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
  /** Redis, and the log of events in it that several gateways share; null for a gateway that runs alone. */
  redis?: RedisConnection | null | undefined;
  log?: EventLogOptions | undefined;
}

export interface EventsState extends HubState {
  feed: FeedState;
  /** Upstream streams that replay past events. */
  openReplays: number;
}

/** How long a reader of the past waits for further events once it has all expected ones, in ms. */
const caughtUpMs = 100;

/** The status events for the layers above: live and past ones, and the feed's current position. */
export class StatusEvents {
  readonly #hub: StatusHub;
  readonly #feed: Feed;
  readonly #replays: SharedReplays;
  /** Of the API. */
  readonly #history: PastReader;
  /** Of the shared log, if there is one and it has everything, otherwise of the API. */
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

  /** The feed's position now: a subscription after it misses nothing. Null before the feed has begun. */
  get mark(): StatusMark | null {
    return this.#hub.mark;
  }

  /** For when there is no mark: a cursor before everything that happens after this moment, which `steadyNow` has given. */
  cursorAt(steadyMs: number): string {
    return encodeEventCursor(beginningAt(this.#clock.earliestAt(steadyMs)));
  }

  /**
   * Live events; with a position, first everything after it.
   *
   * @param isTaking whether the client still reads: if so, the subscription is never ended for falling behind
   */
  subscribe(
    accepts: (event: JournalStatusEvent) => boolean,
    after: EventPosition | null,
    isTaking: () => boolean = () => true,
  ): StatusReader {
    return new ResumedSubscription(this.#hub, this.#past, { accepts, after, isTaking });
  }

  /** Past events, oldest first, at least up to now. @throws CursorExpiredError | TooManyReplaysError | Fault */
  history(
    range: Pick<HistoryRange, 'after' | 'since' | 'until'>,
    signal: AbortSignal,
  ): AsyncGenerator<PositionedEvent, void> {
    return this.#history.read({ ...range, expected: this.#hub.expectedPast, caughtUpMs }, signal);
  }

  /**
   * Past events since a moment, in unix ms, at least up to now. Goes before the replays of all clients, since money
   * depends on it. Call it once at a time, otherwise clients would have to wait.
   *
   * @param onUnreadable called for each event that can't be read
   * @param isWhole reads until the API ends the stream, not only until all expected events have arrived
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
