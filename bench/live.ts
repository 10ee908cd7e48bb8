/**
 * What it costs to tell many subscribers the same: the gateway beside plain graphql-ws, Yoga's own event streams and bare
 * sockets, then the gateway with paused subscribers, with ten thousand, and with a hundred thousand that come and go.
 *
 * Method: one server alive at a time, in a process of its own on core 0; the load and the Event API, a stub that says
 * what it is told, are this process on core 1. All servers have the same feed, hub and schema. Subscribers speak on bare
 * sockets, each with a random operation id. The steady figure is the server's processor time per 100,000 deliveries
 * (Linux only). Every round measures each with a fresh server and a warm-up, every second round in the other order; a ratio
 * is that of the medians over the rounds. Only ratios within one run count, and differences below a tenth are ties.
 *
 * Memory is what the system has given the server, watched ten times a second without a collection, but for what is left of
 * those who came and went: that is the heap after one.
 *
 * Run with `npm run bench:live`; `BENCH_ROUNDS=1` gives a first impression.
 */
import { cpus } from 'node:os';

import { comeAndGo } from './live/comeAndGo.ts';
import { FeedStub } from './live/FeedStub.ts';
import { measureFanOut } from './live/measureFanOut.ts';
import { measureMany } from './live/measureMany.ts';
import { measurePaused } from './live/measurePaused.ts';
import { pin } from './live/ServerProcess.ts';

const parts = { fanout: measureFanOut, paused: measurePaused, many: measureMany, leaving: comeAndGo };
const chosen = process.argv.slice(2);

pin(process.pid, 1);
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
const feed = new FeedStub();
await feed.listen();
for (const [name, measure] of Object.entries(parts)) {
  if (chosen.length === 0 || chosen.includes(name)) await measure(feed);
}
feed.close();
