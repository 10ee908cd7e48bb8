import { closeAll } from '../concurrency/closeAll.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';
import type { Log } from '../log.ts';
import type { ApiClock } from '../upstream/transport/ApiClock.ts';
import type { StatusEventsClient } from '../upstream/events/StatusEventsClient.ts';

import type { EventPosition } from './cursor/eventPosition.ts';
import type { EventWindowOptions } from './feed/EventWindow.ts';
import type { PositionedEvent } from './cursor/PositionedEvent.ts';
import { ResumedSubscription } from './subscription/ResumedSubscription.ts';
import type { SharedReplaysOptions } from './replay/SharedReplays.ts';
import { StatusFeed } from './feed/StatusFeed.ts';
import type { FeedState } from './feed/StatusFeed.ts';
import { silenceMs, StatusHistory } from './replay/StatusHistory.ts';
import type { HistoryRange } from './replay/StatusHistory.ts';
import { StatusHub } from './feed/StatusHub.ts';
import type { HubState, StatusMark } from './feed/StatusHub.ts';
import type { StatusReader } from './feed/StatusReader.ts';

export interface StatusEventsOptions {
  window?: EventWindowOptions | undefined;
  replays?: SharedReplaysOptions | undefined;
}

/** How the feed and those who listen to it fare. */
export interface EventsState extends HubState {
  feed: FeedState;
  /** Upstream streams that replay past events. */
  openReplays: number;
}

/** How long a reading listens on when all that was known has come, in ms. */
const momentMs = 100;

/** All that the upper floors may ask about status events: what comes, what was, and where one stands. */
export class StatusEvents {
  readonly #hub: StatusHub;
  readonly #feed: StatusFeed;
  readonly #history: StatusHistory;

  constructor(client: StatusEventsClient, clock: ApiClock, log: Log, { window, replays }: StatusEventsOptions = {}) {
    this.#hub = new StatusHub({ window, now: () => clock.latestNow() });
    this.#feed = new StatusFeed(client, this.#hub, clock, log);
    this.#history = new StatusHistory(client, clock, log, replays);
  }

  /** Opens the feed; it keeps trying until `close()`. */
  start(): void {
    this.#feed.start();
  }

  /** Fulfilled once the feed is open, or has failed to open for the first time. */
  get tried(): Promise<void> {
    return this.#feed.tried;
  }

  /** How the feed fares, for those who watch over the process. */
  get feedState(): FeedState {
    return this.#feed.state;
  }

  /** How all of it fares. */
  get state(): EventsState {
    return { feed: this.feedState, ...this.#hub.state, openReplays: this.#history.openReplays };
  }

  /** Where the feed stands: subscribe after it, and nothing falls between. Null while it has not begun. */
  get mark(): StatusMark | null {
    return this.#hub.mark;
  }

  /**
   * Live events; with a position, first everything behind it.
   *
   * @param isTaking whether the client has taken what it was sent lately; who has and is left behind is waited for
   */
  subscribe(
    accepts: (event: JournalStatusEvent) => boolean,
    after: EventPosition | null,
    isTaking: () => boolean = () => true,
  ): StatusReader {
    return new ResumedSubscription(this.#hub, this.#history, { accepts, after, isTaking });
  }

  /** Past events, oldest first, up to now at least. @throws CursorExpiredError | TooManyReplaysError | Fault */
  history(
    range: Pick<HistoryRange, 'after' | 'since' | 'until'>,
    signal: AbortSignal,
  ): AsyncGenerator<PositionedEvent, void> {
    return this.#history.read({ ...range, known: this.#hub.known, caughtUpMs: momentMs }, signal);
  }

  /**
   * Past events from a moment on, in unix ms, up to now at least: for what money waits for, so that no number of clients
   * who come back is before it. To be asked once at a time, or those would wait for it.
   *
   * @param onUnreadable told of each event that can't be read
   * @param isWhole ends when the API ends it; otherwise when all that is known has come and nothing follows for a moment
   * @throws Fault
   */
  async *eventsSince(
    { sinceMs, isWhole, onUnreadable }: { sinceMs: number; isWhole: boolean; onUnreadable?: () => void },
    signal: AbortSignal,
  ): AsyncGenerator<JournalStatusEvent, void> {
    const range = { since: new Date(sinceMs).toISOString(), known: this.#hub.known, isUrgent: true, onUnreadable };
    const caughtUpMs = isWhole ? silenceMs : momentMs;
    for await (const { event } of this.#history.read({ ...range, caughtUpMs }, signal)) yield event;
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
