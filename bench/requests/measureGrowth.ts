import { listRequest } from '../limits/clientRequests.ts';
import type { JournalsStub } from '../limits/JournalsStub.ts';
import { ServerProcess } from '../live/ServerProcess.ts';
import { median } from '../quantile.ts';

import { runLoad } from './runLoad.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4);

/** Measures the gateway's processor time per journal of a list, for lists of several sizes. */
export async function measureGrowth(stub: JournalsStub): Promise<void> {
  const table = new Map([10, 100, 500].map((size) => [size, [] as number[]]));
  const server = await ServerProcess.start('gateway', stub.url);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [size, costs] of table) {
      stub.listSize = size;
      const requestOf = (index: number) => listRequest(index, size);
      const { cost } = await runLoad(server, { requestOf, seconds });
      // The first round is a warm-up.
      if (round > 0) costs.push(cost / size);
    }
  }
  stub.listSize = 100;
  await server.stop();
  console.log('\nprocessor time of the gateway per journal of a list');
  for (const [size, costs] of table) console.log(`list of ${size}`.padEnd(22), `${median(costs).toFixed(1)} µs`);
}
