import type { FeedState } from '../events/feed/Feed.ts';
import type { Sharing } from '../redis/Sharing.ts';

import type { UpstreamReport } from './UpstreamCheck.ts';

/** `starting` until the port for clients is open, `draining` from the beginning of a shutdown. */
export type Phase = 'starting' | 'serving' | 'draining';

export interface ReadinessReport {
  /** Whether load balancers should send clients here. */
  ready: boolean;
  phase: Phase;
  checks: { upstream: UpstreamReport; feed: FeedReport; redis?: RedisReport };
}

export interface FeedReport extends Pick<FeedState, 'isOpen' | 'silentMs' | 'lagMs' | 'reconnects' | 'role'> {
  ok: boolean;
  /** The code of the error that ended the last stream, and when. */
  lastFailure: { code: string; at: string } | null;
}

/** A gateway without Redis still serves everything but reverse batches, so it stays ready. */
export interface RedisReport {
  ok: boolean;
  /** How long Redis has been unavailable, in ms; null while it is available. */
  downMs: number | null;
  /** Number of gateways that share this Redis, as far as this gateway knows. */
  gateways: number;
}

export interface Checks {
  upstream: () => Promise<UpstreamReport>;
  feed: () => FeedState;
  /** Null if the gateway runs alone. */
  sharing: (() => Sharing['state']) | null;
}

/** Downtime of the feed, in ms, that is still ok: the API ends streams now and then, and reconnecting may take 10 s. */
const maxDownMs = 15_000;

/** Whether the gateway can serve clients. */
export class Readiness {
  readonly #checks: Checks;
  #phase: Phase = 'starting';

  constructor(checks: Checks) {
    this.#checks = checks;
  }

  get phase(): Phase {
    return this.#phase;
  }

  enter(phase: Phase): void {
    this.#phase = phase;
  }

  async report(): Promise<ReadinessReport> {
    const upstream = await this.#checks.upstream();
    // Read after the request to the API, so that it is as recent as the rest of the report.
    const feed = reportFeed(this.#checks.feed());
    const phase = this.#phase;
    const redis = this.#checks.sharing && reportRedis(this.#checks.sharing());
    const ready = phase === 'serving' && upstream.ok && feed.ok;
    return { ready, phase, checks: { upstream, feed, ...(redis && { redis }) } };
  }
}

/** An open stream is ok however long it is silent: the feed itself detects streams that are dead. */
function reportFeed({ isOpen, silentMs, lagMs, reconnects, downMs, lastFailure, role }: FeedState): FeedReport {
  return {
    ok: downMs !== null && downMs < maxDownMs,
    isOpen,
    silentMs,
    lagMs,
    reconnects,
    lastFailure: lastFailure && { code: lastFailure.code, at: lastFailure.at },
    ...(role && { role }),
  };
}

function reportRedis({ isReady, downMs, gateways }: Sharing['state']): RedisReport {
  return { ok: isReady, downMs: downMs === null ? null : Math.round(downMs), gateways };
}
