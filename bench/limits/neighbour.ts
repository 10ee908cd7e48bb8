/**
 * A well-behaved client that reads journals and lists in turn, at a fixed rate, and reports the latency of each request
 * from the time at which it was due. It runs in its own thread, so that the attackers don't delay it.
 */
import { parentPort, workerData } from 'node:worker_threads';

import { BenchConnection } from '../BenchConnection.ts';

import { journalRequest, listRequest } from './clientRequests.ts';
import type { NeighbourReport, NeighbourTask } from './askAsNeighbour.ts';

const connections = 50;

const { port, aSecond, seconds } = workerData as NeighbourTask;
const idle = Array.from({ length: connections }, () => new BenchConnection(port));
const all = [...idle];
await Promise.all(all.map(({ opened }) => opened));
const report: NeighbourReport = { latencies: [], failed: 0 };
const pending: Promise<void>[] = [];
const begunAt = performance.now();
for (let index = 0; index < aSecond * seconds; index += 1) {
  const dueAt = begunAt + (index / aSecond) * 1_000;
  while (dueAt > performance.now()) await new Promise((resolve) => setTimeout(resolve, 1));
  pending.push(ask(index, dueAt));
}
await Promise.all(pending);
for (const connection of all) connection.close();
parentPort?.postMessage(report);

async function ask(index: number, dueAt: number): Promise<void> {
  const connection = idle.shift() ?? added();
  const { text, expected } = index % 2 === 0 ? journalRequest(index) : listRequest(index);
  const { body } = await connection.send(text);
  report.latencies.push(performance.now() - dueAt);
  if (!body.includes(expected)) report.failed += 1;
  if (connection.isOpen) idle.push(connection);
}

function added(): BenchConnection {
  const connection = new BenchConnection(port);
  all.push(connection);
  return connection;
}
