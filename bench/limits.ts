import { cpus } from 'node:os';

import { JournalsStub } from './limits/JournalsStub.ts';
import { measureOverload } from './limits/measureOverload.ts';
import { measureRefusal } from './limits/measureRefusal.ts';
import { pin } from './live/ServerProcess.ts';

const parts = { refusal: measureRefusal, overload: measureOverload };
const chosen = process.argv.slice(2);

pin(process.pid, 1);
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
const stub = new JournalsStub();
await stub.listen();
for (const [name, measure] of Object.entries(parts)) {
  if (chosen.length === 0 || chosen.includes(name)) await measure(stub);
}
stub.close();
