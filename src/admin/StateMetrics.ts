import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

import type { EventsState } from '../events/StatusEvents.ts';
import type { UpstreamState } from '../upstream/transport/UpstreamConnection.ts';

import type { Phase } from './Readiness.ts';

/** How the parts of the gateway fare, as they say themselves. */
export interface GatewayState {
  phase: Phase;
  /** Queries and mutations under way, and answers that are being written. */
  running: number;
  /** Operations refused since the start because too many were running. */
  shed: number;
  upstream: UpstreamState;
  /** Calls that the API has left until its reset; null where it doesn't say. */
  callsLeft: number | null;
  /** How long nothing may be sent because of the rate limit, in ms. */
  pausedMs: number;
  events: EventsState;
  reverseBatches: Record<'open' | 'ambiguous', number>;
}

/** A number to be read off: null while there is none. */
type Read = (state: GatewayState) => number | null;
/** The same with a label's values. */
type ReadAll = (state: GatewayState) => Record<string, number>;

/** Registers what is read off the parts when somebody asks, and costs nothing until then. */
export function registerStateMetrics(registry: Registry, read: () => GatewayState): void {
  const gauge = (name: string, help: string, value: Read) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        const found = value(read());
        if (found === null) this.remove();
        else this.set(found);
      },
    });
  const gauges = (name: string, help: string, label: string, values: ReadAll) =>
    new Gauge({
      name,
      help,
      labelNames: [label],
      registers: [registry],
      collect() {
        for (const [key, value] of Object.entries(values(read()))) this.set({ [label]: key }, value);
      },
    });
  const counter = (name: string, help: string, total: (state: GatewayState) => number) =>
    new Counter({
      name,
      help,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(total(read()));
      },
    });

  gauge('gateway_draining', '1 from the moment the gateway is told to stop.', ({ phase }) =>
    phase === 'draining' ? 1 : 0,
  );
  gauge('gateway_running', 'Queries and mutations under way, and answers being written.', ({ running }) => running);

  counter('gateway_shed_total', 'Operations refused because too many were running.', ({ shed }) => shed);

  gauges('gateway_upstream_sockets', 'Sockets to the API.', 'state', ({ upstream: { pool } }) => ({
    connected: pool.connected,
    free: pool.free,
  }));
  gauges(
    'gateway_upstream_requests',
    'Requests that have a socket or wait for one.',
    'state',
    ({ upstream: { pool } }) => ({
      running: pool.running,
      pending: pool.pending,
      queued: pool.queued,
    }),
  );
  gauge('gateway_upstream_breaker_open', '1 while calls are refused because they keep failing.', ({ upstream }) =>
    upstream.isBreakerOpen ? 1 : 0,
  );
  gauge('gateway_upstream_retries_left', 'Repeats that the budget has left.', ({ upstream }) => upstream.retriesLeft);
  gauge('gateway_upstream_rate_limit_left', 'Calls until the reset of the rate limit.', ({ callsLeft }) => callsLeft);
  gauge(
    'gateway_upstream_rate_limit_pause_seconds',
    'For how long nothing may be sent.',
    ({ pausedMs }) => pausedMs / 1_000,
  );

  gauge('gateway_feed_open', '1 while the stream of status events stands.', ({ events: { feed } }) =>
    feed.isOpen ? 1 : 0,
  );
  gauge('gateway_feed_silence_seconds', 'Since the stream last said something.', ({ events: { feed } }) =>
    secondsOf(feed.silentMs),
  );
  gauge('gateway_feed_lag_seconds', 'How long after it happened the last event was told.', ({ events: { feed } }) =>
    secondsOf(feed.lagMs),
  );
  counter('gateway_feed_reconnects_total', 'Streams opened after the first.', ({ events }) => events.feed.reconnects);
  counter('gateway_feed_events_total', 'Events told, each once.', ({ events }) => events.published);
  gauge('gateway_subscribers', 'Subscriptions to live events.', ({ events }) => events.subscribers);
  counter(
    'gateway_slow_consumers_total',
    'Subscriptions ended because their clients did not take what they were sent.',
    ({ events }) => events.overflows,
  );
  gauge('gateway_replays_open', 'Upstream streams that replay past events.', ({ events }) => events.openReplays);

  gauges(
    'gateway_reverse_batches',
    'Reverse batches of unknown fate.',
    'state',
    ({ reverseBatches }) => reverseBatches,
  );
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}
