import { median, quantile } from '../quantile.ts';

import type { FeedStub } from './FeedStub.ts';
import { inTurns, rounds } from './rounds.ts';
import { ServerProcess } from './ServerProcess.ts';
import { closeAll, deliveriesTo, openSubscribers, whenDelivered } from './subscribers.ts';

const subscribers = 2_000;
const paused = 10;
const aSecond = 20;
const seconds = 20;
const warmUpSeconds = 5;
const stallSeconds = 5;
/** Makes events long. Paused subscribers select it under 400 aliases, so that the network's buffers fill up in time. */
const padding = 'x'.repeat(512);
const aliases = Array.from({ length: 400 }, (_, index) => `a${index}: description`);
const largeQuery = `subscription { journalStatusChanged { ${aliases.join(' ')} } }`;

/** The result of one run. */
interface Figures {
  /** 99th percentile of the latency for subscribers that read, in ms. */
  p99Ms: number;
  /** Highest increase of the server's memory after the warm-up, in MiB. */
  growth: number;
}

/** Measures a thousand subscribers of each transport, alternating between none and ten paused. */
export async function measurePaused(feed: FeedStub): Promise<void> {
  console.log(`\n1,000 WebSocket and 1,000 SSE subscribers, ${aSecond} events a second for ${seconds} s`);
  const table = [0, paused].map((count) => ({ count, runs: [] as Figures[] }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { count, runs } of inTurns(table, round)) runs.push(await run(feed, count));
  }
  console.log(`medians of ${rounds} alternating rounds:`);
  for (const { count, runs } of table) {
    const [p99Ms, growth] = [median(runs.map((figures) => figures.p99Ms)), runs.map((figures) => figures.growth)];
    console.log(
      `${count} paused: p99 ${p99Ms.toFixed(1)} ms, memory rose by ${median(growth).toFixed(1)} MiB ` +
        `(at most ${Math.max(...growth).toFixed(1)})`,
    );
  }
}

async function run(feed: FeedStub, pausedCount: number): Promise<Figures> {
  const limits = { STALL_SECONDS: String(stallSeconds), MAX_ALIASES: String(aliases.length) };
  const server = await ServerProcess.start('gateway', feed.url, limits);
  const transportOf = (index: number) => (index % 2 ? 'SSE' : 'WebSocket');
  const others = await openSubscribers(server.port, subscribers - pausedCount, transportOf);
  const stalled = await openSubscribers(server.port, pausedCount, transportOf, largeQuery);
  const before = aSecond * warmUpSeconds;
  await feed.tellMany(before, aSecond, padding);
  await whenDelivered([...others, ...stalled], before, 5_000);
  if (stalled.some(({ received }) => received < before)) throw new Error('the subscribers to be paused get no events');

  for (const subscriber of stalled) subscriber.pause();
  for (const subscriber of others) subscriber.latencies.length = 0;
  const memory = server.residentBytes;
  let peak = memory;
  const watching = setInterval(() => (peak = Math.max(peak, server.residentBytes)), 100);
  await feed.tellMany(aSecond * seconds, aSecond, padding);
  await whenDelivered(others, before + aSecond * seconds, 5_000);
  clearInterval(watching);

  const p99Ms = quantile(others.flatMap(({ latencies }) => latencies), 0.99); // prettier-ignore
  const lost = others.length * (before + aSecond * seconds) - deliveriesTo(others);
  const growth = (peak - memory) / 1_048_576;
  console.log(
    `${pausedCount} paused: p99 ${p99Ms.toFixed(1)} ms, ${lost} lost, memory rose by ${growth.toFixed(1)} MiB`,
  );
  if (pausedCount > 0) await printEnds(stalled);
  closeAll([...others, ...stalled]);
  await server.stop();
  return { p99Ms, growth };
}

/** How the subscriptions of paused subscribers ended, read after they resume. */
async function printEnds(stalled: Awaited<ReturnType<typeof openSubscribers>>): Promise<void> {
  for (const subscriber of stalled) subscriber.resume();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const ends = new Map<string, number>();
  for (const { end } of stalled) ends.set(end ?? 'still open', (ends.get(end ?? 'still open') ?? 0) + 1);
  console.log(`paused subscriptions: ${[...ends].map(([end, count]) => `${count} ${end}`).join(', ')}`);
}
