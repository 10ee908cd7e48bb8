import type { UpstreamConnection } from '../upstream/transport/UpstreamConnection.ts';
import type {
  UpstreamAttempt,
  UpstreamEnd,
  UpstreamObserver,
  UpstreamWatch,
} from '../upstream/transport/UpstreamObserver.ts';
import type { RateGovernor } from '../upstream/transport/RateGovernor.ts';
import { messageOf } from '../errors/messageOf.ts';

export interface UpstreamReport {
  ok: boolean;
  breaker: 'open' | 'closed';
  /** What was looked at, and what was found. */
  found: string;
}

/** An answer is so long a sign of life, in ms; then the API is asked for another. */
const freshMs = 10_000;
/** What a probe found holds for so long, in ms, however many ask. */
const probedMs = 1_000;

/**
 * Whether the Journals API can be reached and takes the gateway's credentials. Calls tell while there are some; a gateway
 * without traffic, as one that is not ready is, asks by itself.
 */
export class UpstreamCheck implements UpstreamObserver {
  #goodUntil = -Infinity;
  #probe: { at: number; found: Promise<string | null> } | null = null;

  began({ endpoint }: UpstreamAttempt): UpstreamWatch {
    // Of event streams the feed tells.
    return { ended: (end) => endpoint !== 'statusEvents' && this.#learn(end) };
  }

  async report(connection: UpstreamConnection, governor: RateGovernor): Promise<UpstreamReport> {
    if (connection.state.isBreakerOpen) return { ok: false, breaker: 'open', found: 'calls keep failing' };
    const breaker = 'closed';
    if (governor.opensInMs > 0) return { ok: true, breaker, found: 'it answers; the rate limit is used up' };
    if (performance.now() < this.#goodUntil) return { ok: true, breaker, found: 'it answers' };
    const problem = await this.#probed(connection);
    return { ok: problem === null, breaker, found: problem ?? 'it answers a probe' };
  }

  /** What a wrong credential is answered with says nothing good of calls to come; neither does a failure. */
  #learn({ status }: UpstreamEnd): void {
    if (status !== null && isGood(status)) this.#goodUntil = performance.now() + freshMs;
  }

  /** @returns what is wrong, or null */
  #probed(connection: UpstreamConnection): Promise<string | null> {
    const now = performance.now();
    if (!this.#probe || now - this.#probe.at > probedMs) {
      const found = connection.probe().then(
        ({ status }) => (isGood(status) ? null : `a probe was answered with HTTP ${status}`),
        (error: unknown) => `a probe failed: ${messageOf(error)}`,
      );
      this.#probe = { at: now, found };
    }
    return this.#probe.found;
  }
}

function isGood(status: number): boolean {
  return status < 500 && status !== 401 && status !== 403;
}
