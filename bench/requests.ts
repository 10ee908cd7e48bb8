/**
 * Compares the cost of a request to the gateway with its cost on other servers that do the same work: GraphQL servers
 * built as their documentation shows, a server in plain Node without GraphQL (`floor`), and a server that only forwards
 * bytes (`passThrough`).
 *
 * Method: one server runs at a time, in its own process on core 0. The load and a stub of the Journals API that returns
 * prepared JSON run in this process on core 1. The load has 16 keep-alive connections on bare sockets, with one request
 * each at a time, and checks each response. Concurrent requests differ, so none can be shared. The gateway has its
 * defaults, with every limit on. Each round measures every server with a new process, a warm-up and a slice of each
 * workload, and every second round has the reverse order. The figure is the server's processor time per request (Linux
 * only); ratios are those of the medians. Compare ratios within one run only, and ignore differences below a tenth.
 *
 * Hive Gateway is measured if `npm ci --prefix bench/peers/hive` has installed it.
 *
 * Run it with `npm run bench`. `BENCH_ROUNDS=1` and `BENCH_SECONDS=1` give a first impression.
 */
import { cpus } from 'node:os';

import { JournalsStub } from './limits/JournalsStub.ts';
import { pin } from './live/ServerProcess.ts';
import { measureGrowth } from './requests/measureGrowth.ts';
import { measureLatency } from './requests/measureLatency.ts';
import { measurePages } from './requests/measurePages.ts';
import { measurePeers } from './requests/measurePeers.ts';

const parts = { peers: measurePeers, latency: measureLatency, growth: measureGrowth, pages: measurePages };
const chosen = process.argv.slice(2);

pin(process.pid, 1);
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
const stub = new JournalsStub();
await stub.listen();
for (const [name, measure] of Object.entries(parts)) {
  if (chosen.length === 0 || chosen.includes(name)) await measure(stub);
}
stub.close();
