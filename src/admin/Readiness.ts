import type { FeedReport } from './reportFeed.ts';
import type { UpstreamReport } from './UpstreamCheck.ts';

/** `starting` until the port for clients is open, `draining` from the moment the gateway is told to stop. */
export type Phase = 'starting' | 'serving' | 'draining';

export interface ReadinessReport {
  /** Whether clients are to be sent here. */
  ready: boolean;
  phase: Phase;
  checks: { upstream: UpstreamReport; feed: FeedReport };
}

export interface Checks {
  upstream: () => Promise<UpstreamReport>;
  feed: () => FeedReport;
}

/** Whether the gateway can do its work, and is to be given any. */
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
    // What happened while the API was asked counts.
    const feed = this.#checks.feed();
    const phase = this.#phase;
    return { ready: phase === 'serving' && upstream.ok && feed.ok, phase, checks: { upstream, feed } };
  }
}
