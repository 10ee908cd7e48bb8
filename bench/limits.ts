/**
 * What becomes of the gateway when more is asked of it than it can do, and of a client beside whom others attack.
 *
 * Method: the gateway in a process of its own on core 0; the load and a Journals API that answers with ready-made JSON
 * are this process on core 1. `refusal`: processor time (Linux only) of what is refused beside what is answered.
 * `overload`: requests go out by the clock, whether or not answers come, on connections that stand before; a ramp finds
 * the most that is answered, then one, two and three times as much is asked for, in turns; nobody heeds Retry-After.
 * What is due after two seconds counts, and each request counts from when it was due. `attacks`: a client asks at a
 * steady pace, first alone, then beside sixteen attackers who attack again as soon as they are answered. Figures are
 * medians of rounds; only ratios within one run count, and differences below a tenth are ties.
 *
 * Run with `npm run bench:limits`, or only one part with `npm run bench:limits -- overload`; `BENCH_ROUNDS=1` and
 * `BENCH_SECONDS=2` give a first impression, `MAX_RUNNING_OPERATIONS` tries another bound.
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
