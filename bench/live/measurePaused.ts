import { quantile } from '../quantile.ts';

import type { FeedStub } from './FeedStub.ts';
import { ServerProcess } from './ServerProcess.ts';
import { closeAll, deliveriesTo, openSubscribers, whenDelivered } from './subscribers.ts';

const subscribers = 2_000;
const paused = 10;
const aSecond = 20;
const seconds = 20;
const stallSeconds = 5;
/** Events are this long, and paused subscribers ask for it so often that the network's buffers are full in time. */
const padding = 'x'.repeat(512);
const aliases = Array.from({ length: 400 }, (_, index) => `a${index}: description`);
const greedy = `subscription { journalStatusChanged { ${aliases.join(' ')} } }`;

/** A thousand subscribers of each transport, without paused ones and with ten. */
export async function measurePaused(feed: FeedStub): Promise<void> {
  console.log(`\n1,000 WebSocket and 1,000 SSE subscribers, ${aSecond} events a second for ${seconds} s`);
  for (const count of [0, paused]) await run(feed, count);
}

async function run(feed: FeedStub, pausedCount: number): Promise<void> {
  const limits = { STALL_SECONDS: String(stallSeconds) };
  const server = await ServerProcess.start('gateway', feed.url, limits);
  const transportOf = (index: number) => (index % 2 ? 'SSE' : 'WebSocket');
  const others = await openSubscribers(server.port, subscribers - pausedCount, transportOf);
  const stalled = await openSubscribers(server.port, pausedCount, transportOf, greedy);
  await feed.tellMany(aSecond, aSecond, padding);
  await whenDelivered(others, aSecond, 5_000);
  const before = await server.memory();

  for (const subscriber of stalled) subscriber.pause();
  for (const subscriber of others) subscriber.latencies.length = 0;
  let peak = before;
  const watching = setInterval(() => void server.memory().then((now) => (peak = largerOf(peak, now))), 2_000);
  await feed.tellMany(aSecond * seconds, aSecond, padding);
  await whenDelivered(others, aSecond * (seconds + 1), 5_000);
  clearInterval(watching);
  peak = largerOf(peak, await server.memory());

  const latest = quantile(others.flatMap(({ latencies }) => latencies), 0.99); // prettier-ignore
  const lost = others.length * aSecond * (seconds + 1) - deliveriesTo(others);
  const mib = (peak.rss - before.rss) / 1_048_576;
  console.log(`${pausedCount} paused: p99 ${latest.toFixed(1)} ms, ${lost} lost, memory grew by ${mib.toFixed(1)} MiB`);
  if (pausedCount > 0) await tellEnds(stalled);
  closeAll([...others, ...stalled]);
  await server.stop();
}

/** What the paused ones find when they read again. */
async function tellEnds(stalled: Awaited<ReturnType<typeof openSubscribers>>): Promise<void> {
  for (const subscriber of stalled) subscriber.resume();
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const ends = new Map<string, number>();
  for (const { end } of stalled) ends.set(end ?? 'still open', (ends.get(end ?? 'still open') ?? 0) + 1);
  console.log(`the paused ones: ${[...ends].map(([end, count]) => `${count} ${end}`).join(', ')}`);
}

function largerOf(one: NodeJS.MemoryUsage, other: NodeJS.MemoryUsage): NodeJS.MemoryUsage {
  return one.rss > other.rss ? one : other;
}
