/**
 * Measures the gateway under more load than it can process, and a client of the gateway during attacks by others.
 *
 * Method: the gateway runs in its own process on core 0. The load and a stub of the Journals API that returns prepared
 * JSON run in this process on core 1. `refusal` compares the processor time (Linux only) of refused and answered
 * requests. `overload` sends requests at a fixed rate on open connections, whether or not they are answered. A ramp
 * finds the peak, then one, two and three times that rate is offered in turn. Clients ignore `Retry-After`. The first
 * two seconds don't count, and latency counts from the time at which a request was due. `attacks` measures a client
 * with a steady rate, first alone and then during an attack by sixteen other clients, each of which sends its next
 * request as soon as it gets a response. Figures are medians of rounds. Compare ratios within one run only, and ignore
 * differences below a tenth.
 *
 * Run it with `npm run bench:limits`, or a part of it with `npm run bench:limits -- overload`. `BENCH_ROUNDS=1` and
 * `BENCH_SECONDS=2` give a first impression. `MAX_RUNNING_OPERATIONS` overrides the gateway's default limit.
 */
import { cpus } from 'node:os';

import { JournalsStub } from './limits/JournalsStub.ts';
import { measureAttacks } from './limits/measureAttacks.ts';
import { measureOverload } from './limits/measureOverload.ts';
import { measureRefusal } from './limits/measureRefusal.ts';
import { pin } from './live/ServerProcess.ts';

const parts = { refusal: measureRefusal, overload: measureOverload, attacks: measureAttacks };
const chosen = process.argv.slice(2);

pin(process.pid, 1);
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
const stub = new JournalsStub();
await stub.listen();
for (const [name, measure] of Object.entries(parts)) {
  if (chosen.length === 0 || chosen.includes(name)) await measure(stub);
}
stub.close();
