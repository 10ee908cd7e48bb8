import { BenchConnection } from '../BenchConnection.ts';
import { ServerProcess } from '../live/ServerProcess.ts';
import { median } from '../quantile.ts';

import { createRequest, journalRequest, listRequest } from './clientRequests.ts';
import { heldId } from './JournalsStub.ts';
import type { JournalsStub } from './JournalsStub.ts';
import { processorCost } from './processorCost.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
/** The length of a round. The gateway's circuit breaker would react to requests that are held for longer. */
const seconds = 1;

interface Lane {
  name: string;
  requestOf: (index: number) => { text: string };
  /** The number of mutations that run in the meantime. */
  held: number;
  status: number;
  /** The processor time of a request in each round, in µs. */
  costs: number[];
}

/** Compares the cost of a refusal with the cost of a response. */
export async function measureRefusal(stub: JournalsStub): Promise<void> {
  const lanes: Lane[] = [
    { name: 'a list of 100, answered', requestOf: listRequest, held: 0, status: 200, costs: [] },
    { name: 'a journal, answered', requestOf: journalRequest, held: 0, status: 200, costs: [] },
    { name: 'a create, answered', requestOf: () => createRequest(), held: 0, status: 200, costs: [] },
    { name: 'a query, refused', requestOf: journalRequest, held: room * 0.8, status: 503, costs: [] },
    { name: 'a create, refused', requestOf: () => createRequest(), held: room, status: 503, costs: [] },
  ];
  const server = await ServerProcess.start('gateway', stub.url, { MAX_RUNNING_OPERATIONS: String(room) });
  for (let round = 0; round <= rounds; round += 1) {
    for (const lane of lanes) {
      const cost = await costOf(server, stub, lane);
      // The first round is a warm-up.
      if (round > 0) lane.costs.push(cost);
    }
  }
  console.log(`\nprocessor time of the gateway, median of ${rounds} rounds of ${seconds} s`);
  for (const { name, costs } of lanes) console.log(`${name.padEnd(24)} ${Math.round(median(costs))} µs`);
  await server.stop();
}

/** The gateway's limit of running operations: more than the concurrent requests of `processorCost`. */
const room = 50;

async function costOf(server: ServerProcess, stub: JournalsStub, lane: Lane): Promise<number> {
  const holding = Array.from({ length: lane.held }, () => new BenchConnection(server.port));
  const held = holding.map((connection) => connection.send(createRequest(heldId).text));
  if (lane.held > 0) await untilRefused(server, lane.requestOf(0).text);
  const cost = await processorCost(server, { ...lane, seconds });
  stub.release();
  await Promise.all(held);
  for (const connection of holding) connection.close();
  return cost;
}

async function untilRefused(server: ServerProcess, text: string): Promise<void> {
  const connection = new BenchConnection(server.port);
  for (;;) {
    const { status } = await connection.send(text);
    if (status === 503) break;
  }
  connection.close();
}
