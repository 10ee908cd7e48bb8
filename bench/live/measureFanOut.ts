import { median, quantile } from '../quantile.ts';

import type { FeedStub } from './FeedStub.ts';
import { inTurns, rounds } from './rounds.ts';
import { ServerProcess } from './ServerProcess.ts';
import type { ServerKind } from './ServerProcess.ts';
import { closeAll, deliveriesTo, openSubscribers, whenDelivered } from './subscribers.ts';
import type { Transport } from './Subscriber.ts';

const subscribers = 1_000;
const aSecond = 200;
const warmUp = 100;
const events = 400;
/** How long to wait for the deliveries, in ms. A server that has not made all of them by then has fallen behind. */
const patienceMs = 8_000;

interface Lane {
  name: string;
  kind: ServerKind;
  transport: Transport;
}

const lanes: Lane[] = [
  { name: 'gateway', kind: 'gateway', transport: 'WebSocket' },
  { name: 'graphql-ws, useServer', kind: 'graphql-ws', transport: 'WebSocket' },
  { name: 'bare sockets', kind: 'bare', transport: 'WebSocket' },
  { name: 'gateway', kind: 'gateway', transport: 'SSE' },
  { name: "Yoga's own", kind: 'yoga', transport: 'SSE' },
  { name: 'bare streams', kind: 'bare', transport: 'SSE' },
];

interface Figures {
  /** Seconds of processor time per 100,000 deliveries. */
  costs: number[];
  /** Deliveries a second. */
  rates: number[];
  /** Share of the offered deliveries that were made in time. */
  shares: number[];
  /** 99th percentile of the latency, in ms. */
  latest: number[];
}

/** Compares the processor time per delivery of the servers. */
export async function measureFanOut(feed: FeedStub): Promise<void> {
  const table = lanes.map((lane) => ({ lane, figures: emptyFigures() }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { lane, figures } of inTurns(table, round)) await slice(feed, lane, figures);
  }
  console.log(
    `\n${subscribers} subscribers, ${aSecond} events a second offered, medians of ${rounds} alternating rounds`,
  );
  for (const { lane, figures } of table) {
    const cost = median(figures.costs);
    const bare = median(table.find(({ lane: other }) => isBare(other, lane))?.figures.costs ?? []);
    console.log(
      `${lane.transport.padEnd(10)} ${lane.name.padEnd(22)} ${cost.toFixed(2)} s per 100,000 deliveries, ` +
        `${(cost / bare).toFixed(2)} × bare, ${Math.round(median(figures.rates))} a second, ` +
        `${Math.round(median(figures.shares) * 100)} % delivered, ` +
        `p99 ${Math.round(median(figures.latest))} ms`,
    );
  }
  for (const transport of ['WebSocket', 'SSE']) {
    const [gateway, peer] = table.filter(({ lane }) => lane.transport === transport && lane.kind !== 'bare');
    const share = median(gateway?.figures.costs ?? []) / median(peer?.figures.costs ?? []);
    console.log(
      `over ${transport} the gateway takes ${share.toFixed(3)} of the processor time of ${peer?.lane.name ?? ''} (ratio of medians)`,
    );
  }
}

function emptyFigures(): Figures {
  return { costs: [], rates: [], shares: [], latest: [] };
}

function isBare(other: Lane, lane: Lane): boolean {
  return other.kind === 'bare' && other.transport === lane.transport;
}

async function slice(feed: FeedStub, { kind, transport }: Lane, figures: Figures): Promise<void> {
  const server = await ServerProcess.start(kind, feed.url);
  const all = await openSubscribers(server.port, subscribers, () => transport);
  await feed.tellMany(warmUp, aSecond / 2);
  await whenDelivered(all, warmUp, patienceMs);
  for (const subscriber of all) subscriber.latencies.length = 0;

  const [before, used, begunAt] = [deliveriesTo(all), server.processorSeconds, performance.now()];
  await feed.tellMany(events, aSecond);
  await whenDelivered(all, warmUp + events, patienceMs);
  const delivered = deliveriesTo(all) - before;
  figures.costs.push(((server.processorSeconds - used) / delivered) * 100_000);
  figures.shares.push(delivered / (subscribers * events));
  figures.rates.push(delivered / ((performance.now() - begunAt) / 1_000));
  figures.latest.push(quantile(all.flatMap(({ latencies }) => latencies), 0.99)); // prettier-ignore
  closeAll(all);
  await server.stop();
}
