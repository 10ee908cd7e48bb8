import { ServerProcess } from '../live/ServerProcess.ts';
import { median, quantile } from '../quantile.ts';

import { askAsNeighbour } from './askAsNeighbour.ts';
import type { NeighbourReport } from './askAsNeighbour.ts';
import { attacks } from './attacks.ts';
import type { JournalsStub } from './JournalsStub.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 5);
const aSecond = 50;
const warmUpSeconds = 8;

interface Slice {
  quiet: NeighbourReport;
  attacked: NeighbourReport;
  outcomes: Map<string, number>;
  /** The gateway's processor time per request of the attack, in µs, without the time for the well-behaved client. */
  cost: number;
}

/** Compares the latency of a well-behaved client during attacks with its latency without them. */
export async function measureAttacks(stub: JournalsStub): Promise<void> {
  const server = await ServerProcess.start('gateway', stub.url);
  await askAsNeighbour({ port: server.port, aSecond, seconds: warmUpSeconds });
  const table = new Map<string, Slice[]>(Object.keys(attacks).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, slices] of table) slices.push(await slice(server, name));
  }
  console.log(`\na client's ${aSecond} reads a second during attacks, median of ${rounds} rounds of ${seconds} s`);
  for (const [name, slices] of table) tell(name, slices);
  await server.stop();
}

async function slice(server: ServerProcess, name: string): Promise<Slice> {
  const task = { port: server.port, aSecond, seconds };
  const begun = server.processorSeconds;
  const quiet = await askAsNeighbour(task);
  const between = server.processorSeconds;
  const attack = attacks[name]?.(server.port, seconds) ?? Promise.resolve(new Map<string, number>());
  const attacked = await askAsNeighbour(task);
  const outcomes = await attack;
  const count = [...outcomes.values()].reduce((sum, some) => sum + some, 0);
  const used = server.processorSeconds - between - (between - begun);
  return { quiet, attacked, outcomes, cost: (used / count) * 1_000_000 };
}

function tell(name: string, slices: Slice[]): void {
  const of = (figure: (slice: Slice) => number) => median(slices.map(figure));
  const p50 = of(({ attacked }) => quantile(attacked.latencies, 0.5));
  const [before, p99] = [of(({ quiet }) => latest(quiet)), of(({ attacked }) => latest(attacked))];
  const outcomes = slices.at(-1)?.outcomes ?? new Map<string, number>();
  const failed = slices.reduce((sum, { attacked, quiet }) => sum + attacked.failed + quiet.failed, 0);
  console.log(
    `${name.padEnd(32)} p99 ${p99.toFixed(0)} ms instead of ${before.toFixed(0)} ms (${(p99 / before).toFixed(1)} ×), ` +
      `p50 ${p50.toFixed(0)} ms, ${Math.round(of(({ cost }) => cost))} µs each: ` +
      [...outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', '),
  );
  if (failed > 0) console.log(`${' '.repeat(32)} ${failed} of the client's reads were not answered with data`);
}

function latest({ latencies }: NeighbourReport): number {
  return quantile(latencies, 0.99);
}
