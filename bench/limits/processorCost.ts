import { BenchConnection } from '../BenchConnection.ts';
import type { ServerProcess } from '../live/ServerProcess.ts';

const connections = 16;

export interface Question {
  requestOf: (index: number) => { text: string };
  /** The expected status of each response. */
  status: number;
  seconds: number;
}

/** Measures the server's processor time per response, in µs, with sixteen concurrent requests. */
export async function processorCost(server: ServerProcess, { requestOf, status, seconds }: Question): Promise<number> {
  const all = Array.from({ length: connections }, () => new BenchConnection(server.port));
  const [used, begunAt] = [server.processorSeconds, performance.now()];
  let done = 0;
  await Promise.all(
    all.map(async (connection) => {
      while (performance.now() - begunAt < seconds * 1_000) {
        const answer = await connection.send(requestOf((done += 1)).text);
        if (answer.status !== status) throw new Error(`expected ${status}, found ${answer.status} ${answer.body}`);
      }
    }),
  );
  for (const connection of all) connection.close();
  return ((server.processorSeconds - used) / done) * 1_000_000;
}
