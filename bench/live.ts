/**
 * Measures the cost of sending the same events to many subscribers. First the gateway is compared to plain graphql-ws,
 * Yoga's own event streams and bare sockets. Then the gateway is measured with paused subscribers, with ten thousand
 * subscribers, with a hundred thousand that come and go, and with a shared Redis (needs redis-server).
 *
 * Method: one server runs at a time, in its own process on core 0. The load and a stub of the Event API run in this
 * process on core 1. All servers have the same feed, hub and schema. Subscribers use bare sockets, each with a random
 * operation id. The most stable figure is the server's processor time per 100,000 deliveries (Linux only). Each round
 * measures every server with a new process and a warm-up, and every second round has the reverse order. Ratios are
 * those of the medians. Compare ratios within one run only, and ignore differences below a tenth.
 *
 * Memory is the server's resident memory, sampled ten times a second without a garbage collection. For subscribers that
 * come and go, it is the memory of JavaScript objects after a garbage collection.
 *
 * Run it with `npm run bench:live`. `BENCH_ROUNDS=1` gives a first impression.
 */
import { cpus } from 'node:os';

import { comeAndGo } from './live/comeAndGo.ts';
import { FeedStub } from './live/FeedStub.ts';
import { measureFanOut } from './live/measureFanOut.ts';
import { measureMany } from './live/measureMany.ts';
import { measurePaused } from './live/measurePaused.ts';
import { measureShared } from './live/measureShared.ts';
import { pin } from './live/ServerProcess.ts';

const parts = {
  fanout: measureFanOut,
  paused: measurePaused,
  many: measureMany,
  leaving: comeAndGo,
  shared: measureShared,
};
const chosen = process.argv.slice(2);

pin(process.pid, 1);
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
const feed = new FeedStub();
await feed.listen();
for (const [name, measure] of Object.entries(parts)) {
  if (chosen.length === 0 || chosen.includes(name)) await measure(feed);
}
feed.close();
