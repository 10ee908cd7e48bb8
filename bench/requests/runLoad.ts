import { BenchConnection } from '../BenchConnection.ts';
import type { ClientRequest } from '../limits/clientRequests.ts';
import type { ServerProcess } from '../live/ServerProcess.ts';

export interface Load {
  requestOf: (index: number) => Omit<ClientRequest, 'kind'>;
  seconds: number;
  /** Whether to check that each response contains what its request expects. Default true. */
  checks?: boolean;
  /** Default 16. */
  connections?: number;
}

export interface LoadFigures {
  /** Processor time of the server per request, in microseconds. */
  cost: number;
  /** Requests a second. */
  rate: number;
  /** In ms. */
  latencies: number[];
}

/** Sends requests for a time, one at a time on each connection. @throws if a response is not the expected one */
export async function runLoad(server: ServerProcess, load: Load): Promise<LoadFigures> {
  const { requestOf, seconds, checks = true, connections = 16 } = load;
  const all = Array.from({ length: connections }, () => new BenchConnection(server.port));
  await Promise.all(all.map(({ opened }) => opened));
  const latencies: number[] = [];
  const [used, begunAt] = [server.processorSeconds, performance.now()];
  let sent = 0;
  await Promise.all(
    all.map(async (connection) => {
      while (performance.now() - begunAt < seconds * 1_000) {
        const { text, expected } = requestOf((sent += 1));
        const sentAt = performance.now();
        const { status, body } = await connection.send(text);
        latencies.push(performance.now() - sentAt);
        if (status !== 200 || (checks && !body.includes(expected))) throw new Error(`unexpected: ${status} ${body}`);
      }
    }),
  );
  const took = (performance.now() - begunAt) / 1_000;
  for (const connection of all) connection.close();
  const cost = ((server.processorSeconds - used) / latencies.length) * 1_000_000;
  return { cost, rate: latencies.length / took, latencies };
}
