import { mixedRequest } from '../limits/clientRequests.ts';
import type { JournalsStub } from '../limits/JournalsStub.ts';
import { ServerProcess } from '../live/ServerProcess.ts';
import type { ServerKind } from '../live/ServerProcess.ts';
import { median, quantile } from '../quantile.ts';

import { runLoad } from './runLoad.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4);
const servers: readonly ServerKind[] = ['gateway', 'mercurius', 'yogaPothos', 'apollo', 'floor'];

/** Measures a mix of lists, reads and creates over 16 connections, with an API that takes 5 ms for each response. */
export async function measureLatency(stub: JournalsStub): Promise<void> {
  const table = new Map(
    servers.map((server) => [server, { rates: [] as number[], p50: [] as number[], p99: [] as number[] }]),
  );
  stub.latencyMs = 5;
  for (let round = 0; round < rounds; round += 1) {
    for (const [kind, figures] of round % 2 === 0 ? table : [...table].toReversed()) {
      const server = await ServerProcess.start(kind, stub.url);
      await runLoad(server, { requestOf: mixedRequest, seconds });
      const { rate, latencies } = await runLoad(server, { requestOf: mixedRequest, seconds });
      figures.rates.push(rate);
      figures.p50.push(quantile(latencies, 0.5));
      figures.p99.push(quantile(latencies, 0.99));
      await server.stop();
    }
  }
  stub.latencyMs = 0;
  console.log('\na mix in front of an API that takes 5 ms');
  for (const [name, { rates, p50, p99 }] of table) {
    const latency = `p50 ${median(p50).toFixed(1)} ms, p99 ${median(p99).toFixed(1)} ms`;
    console.log(`${name.padEnd(22)} ${Math.round(median(rates))} a second, ${latency}`);
  }
}
