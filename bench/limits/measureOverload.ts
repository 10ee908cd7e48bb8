import { ServerProcess } from '../live/ServerProcess.ts';
import { median, quantile } from '../quantile.ts';

import { createRequest, journalRequest, listRequest, mixedRequest } from './clientRequests.ts';
import type { ClientRequest } from './clientRequests.ts';
import type { JournalsStub } from './JournalsStub.ts';
import { OpenLoad } from './OpenLoad.ts';
import type { Exchange, LoadReport } from './OpenLoad.ts';
import { processorCost } from './processorCost.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 5);
const warmUp = { aSecond: 50, seconds: 8 };
/** The first rate of the ramp and the factor by which it rises, until it no longer increases the responses. */
const ramp = { from: 50, factor: 1.5, seconds: 4 };
const times = [1, 2, 3];

/** Finds the peak of responses with data a second, then measures them at higher loads. */
export async function measureOverload(stub: JournalsStub): Promise<void> {
  const server = await ServerProcess.start('gateway', stub.url, limitFromEnvironment());
  const load = new OpenLoad(server, mixedRequest);
  await load.run(warmUp.aSecond, warmUp.seconds);
  const weights = await weigh(server);
  const peak = await findPeak(load);
  console.log(`\n45 % lists of 100, 45 % journals by id, 10 % creates: peak of ${Math.round(peak)} responses a second`);

  const table = new Map<number, LoadReport[]>(times.map((factor) => [factor, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [factor, reports] of table) reports.push(await load.run(peak * factor, seconds));
  }
  console.log(`higher loads, median of ${rounds} rounds of ${seconds} s:`);
  for (const [factor, reports] of table) print(factor, reports, { peak, weights, once: goodputOf(table.get(1) ?? []) });
  await server.stop();
}

type Kinds = Record<ClientRequest['kind'], number>;

interface Scale {
  /** The highest number of responses with data a second in the ramp. */
  peak: number;
  /** Responses with data a second when the peak rate is offered: the machine may have become slower since the ramp. */
  once: number;
  /** The processor time of a response of each kind when nothing is refused, in seconds. */
  weights: Kinds;
}

/**
 * Measures the cost of a response of each kind. Under overload, queries are refused first, so more of the responses are
 * those of creates, which are cheaper. The number of responses alone would look too good.
 */
async function weigh(server: ServerProcess): Promise<Kinds> {
  const cost = async (requestOf: (index: number) => ClientRequest) =>
    (await processorCost(server, { requestOf, status: 200, seconds: 2 })) / 1_000_000;
  return {
    list: await cost(listRequest),
    journal: await cost(journalRequest),
    create: await cost(() => createRequest()),
  };
}

function countOf({ list, journal, create }: Kinds): number {
  return list + journal + create;
}

function goodputOf(reports: LoadReport[]): number {
  return median(reports.map(({ good, seconds }) => countOf(good) / seconds));
}

function usefulSeconds(good: Kinds, weights: Kinds): number {
  return good.list * weights.list + good.journal * weights.journal + good.create * weights.create;
}

/** Returns the environment that overrides the gateway's default limit, if the benchmark's own environment does. */
export function limitFromEnvironment(): Record<string, string> {
  const max = process.env['MAX_RUNNING_OPERATIONS'];
  return max === undefined ? {} : { MAX_RUNNING_OPERATIONS: max };
}

/**
 * Finds the highest number of responses a second in a step of the ramp, which ends after two steps without an increase.
 */
async function findPeak(load: OpenLoad): Promise<number> {
  let peak = 0;
  let stepsWithoutGain = 0;
  for (let aSecond = ramp.from; stepsWithoutGain < 2; aSecond *= ramp.factor) {
    const { good } = await load.run(aSecond, ramp.seconds);
    const goodput = countOf(good) / ramp.seconds;
    stepsWithoutGain = goodput > peak * 1.02 ? 0 : stepsWithoutGain + 1;
    peak = Math.max(peak, goodput);
  }
  return peak;
}

function print(factor: number, reports: LoadReport[], { peak, weights, once }: Scale): void {
  const of = (figure: (report: LoadReport) => number) => median(reports.map(figure));
  const goodput = goodputOf(reports);
  const useful = of(({ processorSeconds, good }) => usefulSeconds(good, weights) / processorSeconds);
  const accepted = (share: number) => of(({ exchanges }) => quantile(exchanges.filter(isGood).map(msOf), share));
  const queries = of(({ exchanges }) => refusedShare(exchanges.filter(({ kind }) => kind !== 'create')));
  const mutations = of(({ exchanges }) => refusedShare(exchanges.filter(({ kind }) => kind === 'create')));
  console.log(
    `${factor} ×  goodput ${(goodput / peak).toFixed(2)} of the peak, ${(goodput / once).toFixed(2)} of that at 1 ×, ${useful.toFixed(2)} of the processor time spent on them, ` +
      `p50 ${accepted(0.5).toFixed(0)} ms, p99 ${accepted(0.99).toFixed(0)} ms, ` +
      `refused ${percent(queries)} of queries, ${percent(mutations)} of mutations`,
  );
  const others = reports.flatMap(({ exchanges }) => exchanges.filter((exchange) => !isGood(exchange) && !isRefused(exchange))); // prettier-ignore
  const unsent = reports.reduce((sum, report) => sum + report.unsent, 0);
  if (others.length > 0) console.log(`     ${others.length} had neither data nor a refusal: ${statuses(others)}`);
  if (unsent > 0) console.log(`     ${unsent} were not sent because no connection was free`);
  const late = of(({ lateness }) => quantile(lateness, 0.99));
  if (late > 20) console.log(`     the load generator was late: p99 ${late.toFixed(0)} ms`);
}

function isGood({ isGood }: Exchange): boolean {
  return isGood;
}

function isRefused({ status }: Exchange): boolean {
  return status === 503;
}

function msOf({ ms }: Exchange): number {
  return ms;
}

function refusedShare(exchanges: Exchange[]): number {
  return exchanges.filter(isRefused).length / exchanges.length;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

function statuses(exchanges: Exchange[]): string {
  const counts = new Map<number | null, number>();
  for (const { status } of exchanges) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} × ${status ?? 'no answer'}`).join(', ');
}
