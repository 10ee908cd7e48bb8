import { runInNewContext } from 'node:vm';
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Returns the heap size after garbage collection, in bytes. */
export async function heapUsed(): Promise<number> {
  // Sockets take some turns to close, and finalizers run between two collections.
  for (let pass = 0; pass < 5; pass += 1) {
    collect();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage().heapUsed;
}
