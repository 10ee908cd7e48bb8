import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';

import { feedRoles } from '../events/feed/Feed.ts';
import type { EventsState } from '../events/StatusEvents.ts';
import type { Sharing } from '../redis/Sharing.ts';
import type { UpstreamState } from '../upstream/transport/UpstreamConnection.ts';

import type { Phase } from './Readiness.ts';

/** The current state of the gateway's parts. */
export interface GatewayState {
  phase: Phase;
  /** Running queries and mutations, and responses that are being sent. */
  running: number;
  /** Number of operations refused since startup because too many were running. */
  shed: number;
  upstream: UpstreamState;
  /** Requests that the API's rate limit allows until its reset; null if the API sends no such header. */
  callsLeft: number | null;
  /** How long the rate limit still prevents requests, in ms. */
  pausedMs: number;
  events: EventsState;
  reverseBatches: Record<'open' | 'ambiguous', number>;
  /** Null if the gateway runs alone. */
  sharing: Sharing['state'] | null;
}

/** Registers the metrics of the gateway's state, which are read only on each scrape. */
export function registerStateMetrics(registry: Registry, read: () => GatewayState): void {
  const registers = [registry];
  /** A metric that is absent while its value is null. */
  const gauge = (name: string, help: string, value: (state: GatewayState) => number | null) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const current = value(read());
        if (current === null) this.remove();
        else this.set(current);
      },
    });
  const gaugeByState = (name: string, help: string, values: (state: GatewayState) => Record<string, number>) =>
    new Gauge({
      name,
      help,
      labelNames: ['state'],
      registers,
      collect() {
        for (const [state, value] of Object.entries(values(read()))) this.set({ state }, value);
      },
    });
  const counter = (name: string, help: string, total: (state: GatewayState) => number) =>
    new Counter({
      name,
      help,
      registers,
      collect() {
        this.reset();
        this.inc(total(read()));
      },
    });

  gauge('gateway_draining', '1 while the gateway shuts down.', ({ phase }) => Number(phase === 'draining'));
  gauge('gateway_running', 'Running queries and mutations, and responses being sent.', ({ running }) => running);
  counter('gateway_shed_total', 'Operations refused because too many were running.', ({ shed }) => shed);

  gaugeByState(
    'gateway_upstream_sockets',
    'Sockets to the API: all connected ones, and those of them that are free.',
    ({ upstream: { pool } }) => {
      return { connected: pool.connected, free: pool.free };
    },
  );
  gaugeByState(
    'gateway_upstream_requests',
    'Requests to the API: written and not complete (running), not sent yet (pending), and the pending ones that wait for a socket (queued).',
    ({ upstream: { pool } }) => ({ running: pool.running, pending: pool.pending, queued: pool.queued }),
  );
  gauge('gateway_upstream_breaker_open', '1 while the circuit breaker refuses requests to the API.', ({ upstream }) =>
    Number(upstream.isBreakerOpen),
  );
  gauge(
    'gateway_upstream_retries_left',
    'Retries that the retry budget still allows.',
    ({ upstream }) => upstream.retriesLeft,
  );
  gauge(
    'gateway_upstream_rate_limit_left',
    'Requests that the rate limit allows until its reset.',
    ({ callsLeft }) => callsLeft,
  );
  gauge(
    'gateway_upstream_rate_limit_pause_seconds',
    'Time until the rate limit allows requests again.',
    ({ pausedMs }) => pausedMs / 1_000,
  );

  gauge('gateway_feed_open', '1 while the stream of status events is open.', ({ events }) =>
    Number(events.feed.isOpen),
  );
  gauge(
    'gateway_feed_silence_seconds',
    'Time since data was last received on the stream of status events.',
    ({ events }) => secondsOf(events.feed.silentMs),
  );
  gauge('gateway_feed_lag_seconds', 'Time between the last event and its arrival.', ({ events }) =>
    secondsOf(events.feed.lagMs),
  );
  gaugeByState(
    'gateway_feed_role',
    '1 for the current role of this gateway in the feed that gateways share; absent without Redis.',
    ({ events: { feed } }) =>
      feed.role ? Object.fromEntries(feedRoles.map((role) => [role, Number(role === feed.role)])) : {},
  );
  counter('gateway_feed_reconnects_total', 'Streams of status events opened after the first.', ({ events }) => {
    return events.feed.reconnects;
  });
  counter(
    'gateway_feed_events_total',
    'Status events published, without duplicates.',
    ({ events }) => events.published,
  );
  gauge('gateway_subscribers', 'Subscriptions to live events.', ({ events }) => events.subscribers);
  counter(
    'gateway_slow_consumers_total',
    'Subscriptions ended because their clients stopped reading.',
    ({ events }) => events.overflows,
  );
  gauge('gateway_replays_open', 'Upstream streams that replay past events.', ({ events }) => events.openReplays);
  gaugeByState(
    'gateway_reverse_batches',
    'Reverse batches of unknown outcome: still searched for (open), or to be checked by an operator (ambiguous).',
    (state) => state.reverseBatches,
  );

  gauge('gateway_redis_up', '1 while Redis is available; absent without Redis.', ({ sharing }) =>
    sharing ? Number(sharing.isReady) : null,
  );
  counter(
    'gateway_redis_reconnects_total',
    'Times that the connection for commands to Redis was re-established.',
    ({ sharing }) => {
      return sharing?.reconnects ?? 0;
    },
  );
  counter(
    'gateway_redis_failures_total',
    'Commands to Redis that failed or took too long.',
    ({ sharing }) => sharing?.failures ?? 0,
  );
  gauge(
    'gateway_gateways',
    'Gateways that share this Redis, as far as this gateway knows; absent without Redis.',
    ({ sharing }) => {
      return sharing?.gateways ?? null;
    },
  );
}

function secondsOf(ms: number | null): number | null {
  return ms === null ? null : ms / 1_000;
}
