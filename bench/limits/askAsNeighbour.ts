import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

export interface NeighbourTask {
  port: number;
  aSecond: number;
  seconds: number;
}

export interface NeighbourReport {
  /** For each request, the time from when it was due until its response arrived, in ms. */
  latencies: number[];
  /** The number of responses without data. */
  failed: number;
}

export async function askAsNeighbour(task: NeighbourTask): Promise<NeighbourReport> {
  const worker = new Worker(new URL('./neighbour.js', import.meta.url), { workerData: task });
  const [report] = (await once(worker, 'message')) as [NeighbourReport];
  await worker.terminate();
  return report;
}
