import { quantile } from '../quantile.ts';

import type { FeedStub } from './FeedStub.ts';
import { ServerProcess } from './ServerProcess.ts';
import { closeAll, deliveriesTo, openSubscribers, whenDelivered } from './subscribers.ts';

const subscribers = 10_000;
const events = 20;

/** Measures a server process with ten thousand subscribers. */
export async function measureMany(feed: FeedStub): Promise<void> {
  const server = await ServerProcess.start('gateway', feed.url);
  const before = server.residentBytes;
  const begunAt = performance.now();
  const all = await openSubscribers(server.port, subscribers, (index) => (index % 2 ? 'SSE' : 'WebSocket'));
  const seconds = (performance.now() - begunAt) / 1_000;
  const open = server.residentBytes;
  await feed.tellMany(events, 1);
  await whenDelivered(all, events, 10_000);

  const each = (open - before) / 1_024 / subscribers;
  const latest = quantile(all.flatMap(({ latencies }) => latencies), 0.99); // prettier-ignore
  console.log(`\n${subscribers} subscribers, half of each transport, connected in ${seconds.toFixed(1)} s`);
  console.log(
    `${each.toFixed(1)} KiB each, ${deliveriesTo(all)} of ${subscribers * events} deliveries, p99 ${Math.round(latest)} ms`,
  );
  closeAll(all);
  await server.stop();
}
