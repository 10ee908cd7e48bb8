import type { FeedState } from '../events/feed/StatusFeed.ts';

export interface FeedReport extends Pick<FeedState, 'isOpen' | 'silentMs' | 'lagMs' | 'reconnects'> {
  ok: boolean;
  /** The code of what ended the last stream, and when. */
  lastFailure: { code: string; at: string } | null;
}

/** The API ends streams now and then, and an attempt may take ten seconds: a feed that is away for less is no news. */
const patienceMs = 15_000;

/** Whether live status is told. A stream that stands is good, however long nothing happened: silence is the feed's business. */
export function reportFeed({ isOpen, silentMs, lagMs, reconnects, downMs, lastFailure }: FeedState): FeedReport {
  return {
    ok: downMs !== null && downMs < patienceMs,
    isOpen,
    silentMs,
    lagMs,
    reconnects,
    lastFailure: lastFailure && { code: lastFailure.code, at: lastFailure.at },
  };
}
