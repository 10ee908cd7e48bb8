import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface NeighbourTask {
  port: number;
  aSecond: number;
  seconds: number;
}

export interface NeighbourReport {
  /** From the time at which each request was due until its response arrived, in ms. */
  latencies: number[];
  /** Responses without data. */
  failed: number;
}

export async function askAsNeighbour(task: NeighbourTask): Promise<NeighbourReport> {
  const worker = new Worker(new URL('./neighbour.js', import.meta.url), { workerData: task });
  const [report] = (await once(worker, 'message')) as [NeighbourReport];
  await worker.terminate();
  return report;
}
