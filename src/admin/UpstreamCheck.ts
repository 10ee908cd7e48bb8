import { messageOf } from '../errors/messageOf.ts';
import type { UpstreamConnection } from '../upstream/transport/UpstreamConnection.ts';
import type {
  UpstreamAttempt,
  UpstreamEnd,
  UpstreamObserver,
  UpstreamWatch,
} from '../upstream/transport/UpstreamObserver.ts';
import type { RateGovernor } from '../upstream/transport/RateGovernor.ts';

export interface UpstreamReport {
  ok: boolean;
  breaker: 'open' | 'closed';
  /** The result of the check in words, for operators. */
  found: string;
}

/** How long a response proves that the API is available, in ms. After that, the next check sends a probe. */
const responseValidMs = 10_000;
/** How long the result of a probe is reused, in ms, however many checks there are. */
const probeValidMs = 1_000;

/**
 * Whether the Journals API is available and accepts the gateway's credentials. Responses to clients' operations are
 * proof enough. A gateway without traffic, such as one that is not ready yet, sends a probe.
 */
export class UpstreamCheck implements UpstreamObserver {
  #validUntil = -Infinity;
  #probe: { at: number; found: Promise<string | null> } | null = null;

  began({ endpoint }: UpstreamAttempt): UpstreamWatch {
    // The feed reports on event streams.
    return { ended: (end) => endpoint !== 'statusEvents' && this.#note(end) };
  }

  async report(connection: UpstreamConnection, governor: RateGovernor): Promise<UpstreamReport> {
    if (connection.state.isBreakerOpen)
      return { ok: false, breaker: 'open', found: 'requests to the API keep failing' };
    const breaker = 'closed';
    if (governor.opensInMs > 0) return { ok: true, breaker, found: 'the API responds; its rate limit is used up' };
    if (performance.now() < this.#validUntil) return { ok: true, breaker, found: 'the API responds' };
    const problem = await this.#findProblem(connection);
    return { ok: problem === null, breaker, found: problem ?? 'the API responds to a probe' };
  }

  /** Failures and refused credentials are no proof that the API is available. */
  #note({ status }: UpstreamEnd): void {
    if (status !== null && isGood(status)) this.#validUntil = performance.now() + responseValidMs;
  }

  /** @returns the problem that a probe has found, or null */
  #findProblem(connection: UpstreamConnection): Promise<string | null> {
    const now = performance.now();
    if (!this.#probe || now - this.#probe.at > probeValidMs) {
      const found = connection.probe().then(
        ({ status }) => (isGood(status) ? null : `a probe returned HTTP ${status}`),
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
