import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What the process holds in its heap after a collection, in bytes. */
export async function heapUsed(): Promise<number> {
  // Sockets end in their own time, and finalisers run between two collections.
  for (let pass = 0; pass < 5; pass += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}
