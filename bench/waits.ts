/**
 * Measures the memory of operations that wait for a journal (`awaitJournal`).
 *
 * Method: the gateway runs in its own process on core 0. The clients and a stub of the Journals API, whose journals are
 * all queued, run in this process on core 1. A warm-up begins and ends the same number of waits as the measurement.
 * After it, with 100 idle WebSockets, the memory is read for the first time. Then each socket begins 100 operations,
 * each for a different journal, and the memory is read again when all journals have been read. Memory is the heap of
 * the gateway's process after garbage collections, with its buffers outside of the heap. Resident memory is shown, too.
 * The stub counts the upstream reads.
 *
 * Run it with `npm run bench:waits`.
 */
import { cpus } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';

import { JournalsStub } from './limits/JournalsStub.ts';
import { pin, ServerProcess } from './live/ServerProcess.ts';
import { WaitingClient } from './waits/WaitingClient.ts';

const sockets = 100;
const waitsEach = 100;
const waits = sockets * waitsEach;
/** The timeout of the waits of the warm-up, in seconds. */
const shortWait = 3;
/** The timeout of the measured waits, in seconds. It is longer than the measurement takes. */
const longWait = 300;
/** How long a portion of the waits may take to begin, and all of them to end, in ms. */
const patienceMs = 20_000;

const stub = new JournalsStub();
stub.status = 'queued';

pin(process.pid, 1);
await stub.listen();
// An operation whose wait has ended counts as running until its result is sent. On a busy machine all waits may end in
// one moment, and the operations that begin then would be refused without a higher limit.
const server = await ServerProcess.start('gateway', stub.url, { MAX_RUNNING_OPERATIONS: String(4 * waits) });
const clients = await Promise.all(Array.from({ length: sockets }, () => WaitingClient.open(server.port)));

await begin(shortWait);
await until('answers', answers, waits);
const before = await settledMemory();
const reads = stub.reads;
await begin(longWait);
const during = await settledMemory();

const used = during.heapUsed + during.external - before.heapUsed - before.external;
const resident = during.rss - before.rss;
console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
console.log(
  `${waits} waits on ${sockets} WebSockets: ${mebibytes(used)} MiB of the heap, ${Math.round(used / waits)} bytes each; ` +
    `resident memory rose by ${mebibytes(resident)} MiB to ${mebibytes(during.rss)} MiB; ` +
    `${stub.reads - reads} upstream reads, ${answers() - waits} answered early`,
);
for (const client of clients) client.close();
await server.stop();
stub.close();

/** Begins the waits in portions, because an operation counts as running until its journal has been read. */
async function begin(timeoutSeconds: number): Promise<void> {
  const from = stub.reads;
  for (let round = 1; round <= waitsEach; round += 1) {
    for (const client of clients) client.wait(timeoutSeconds);
    await until('reads', () => stub.reads - from, round * sockets);
  }
}

function answers(): number {
  return clients.reduce((sum, client) => sum + client.answers, 0);
}

/** Waits until a count is reached. @throws Error if a wait is refused or the count is not reached in time */
async function until(what: string, count: () => number, wanted: number): Promise<void> {
  const latest = performance.now() + patienceMs;
  while (count() < wanted) {
    const problem = clients.find((client) => client.problem !== null)?.problem;
    if (problem) throw new Error(`${count()} of ${wanted} ${what}, then a client was told: ${problem}`);
    if (performance.now() > latest) throw new Error(`stuck: ${count()} of ${wanted} ${what} within ${patienceMs} ms`);
    await pause(5);
  }
}

/** Returns the memory after two garbage collections, because some memory is freed only by the second. */
async function settledMemory(): Promise<NodeJS.MemoryUsage> {
  await pause(500);
  await server.memory();
  await pause(500);
  return server.memory();
}

function mebibytes(bytes: number): string {
  return (bytes / 1_048_576).toFixed(1);
}
