import type { Log } from '../../log.ts';
import type { StatusEventsClient } from '../../upstream/events/StatusEventsClient.ts';
import type { ApiClock } from '../../upstream/transport/ApiClock.ts';

import { latenessMs } from '../cursor/eventStamp.ts';
import { PublishedIds } from '../feed/PublishedIds.ts';
import { StatusFeed } from '../feed/StatusFeed.ts';
import type { FeedState } from '../feed/Feed.ts';
import type { FeedStart } from '../feed/StatusFeed.ts';

import type { EventLog } from './EventLog.ts';
import type { LogState } from './LogState.ts';
import { LogWriter } from './LogWriter.ts';

export interface LeadershipOptions {
  client: StatusEventsClient;
  clock: ApiClock;
  log: Log;
  /** The state of the log when the lease was granted. */
  state: LogState;
  /** What this gateway has published itself: a log without events continues it. */
  own: FeedStart | undefined;
  onBegun: (ms: number) => void;
  /** Called once, when nothing can be appended any more. */
  onFailure: (error: unknown) => void;
}

/** The holder's upstream stream, which is appended to the shared log. */
export class Leadership {
  readonly #feed: StatusFeed;
  readonly #writer: LogWriter;
  readonly #begunAt = performance.now();
  readonly #trimTimer: NodeJS.Timeout;

  constructor(events: EventLog, { client, clock, log, state, own, onBegun, onFailure }: LeadershipOptions) {
    const start = startOf(state, own);
    const now = () => clock.latestNow();
    this.#writer = new LogWriter(events, { state, now, onBegun, onFailure });
    if (start) this.#writer.begin(start.beganMs);
    this.#feed = new StatusFeed(client, this.#writer, clock, log, start);
    this.#feed.start();
    // Entries that are not dropped now are dropped next time.
    this.#trimTimer = setInterval(() => void events.trim().catch(() => undefined), events.trimIntervalMs);
  }

  get state(): FeedState {
    return this.#feed.state;
  }

  get ageMs(): number {
    return performance.now() - this.#begunAt;
  }

  /** Fulfilled once the stream is open or has failed to open. */
  get firstAttempt(): Promise<void> {
    return this.#feed.firstAttempt;
  }

  async close(): Promise<void> {
    clearInterval(this.#trimTimer);
    this.#writer.stop();
    await this.#feed.close();
  }
}

/** A log without events begins two minutes before the last event: other gateways may be a little behind this one. */
function startOf({ beganMs, publishedMs, evictedMs }: LogState, own: FeedStart | undefined): FeedStart | undefined {
  if (beganMs !== null) {
    return { beganMs, publishedMs, lastMs: publishedMs ?? beganMs, published: new PublishedIds(evictedMs) };
  }
  if (!own) return undefined;
  const { lastMs } = own;
  return { lastMs, beganMs: lastMs - latenessMs, publishedMs: lastMs, published: new PublishedIds() };
}
