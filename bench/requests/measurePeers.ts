import { deepEqual } from 'node:assert/strict';
import { existsSync } from 'node:fs';

import { BenchConnection } from '../BenchConnection.ts';
import type { JournalsStub } from '../limits/JournalsStub.ts';
import { ServerProcess } from '../live/ServerProcess.ts';
import type { ServerKind } from '../live/ServerProcess.ts';
import { median } from '../quantile.ts';

import { runLoad } from './runLoad.ts';
import { hiveWorkloads, kinds, workloads } from './workloads.ts';
import type { Kind } from './workloads.ts';

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const seconds = Number(process.env['BENCH_SECONDS'] ?? 4);
/** With a shorter warm-up, the figures of lists change by a third. */
const warmUpSeconds = Number(process.env['BENCH_WARM_UP'] ?? 5);

const hasHive = existsSync('bench/peers/hive/node_modules');
const servers: readonly ServerKind[] = [
  'gateway',
  'mercurius',
  'yogaPothos',
  'apollo',
  ...(hasHive ? (['hive'] as const) : []),
  'floor',
  'passThrough',
];

interface Figures {
  /** The processor time per request in each round, in µs. */
  costs: Record<Kind, number[]>;
  startMs: number[];
  /** Resident memory after the start and after the load, in MiB. */
  startMiB: number[];
  loadedMiB: number[];
}

export async function measurePeers(stub: JournalsStub): Promise<void> {
  const table = new Map(servers.map((server) => [server, emptyFigures()]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [server, figures] of round % 2 === 0 ? table : [...table].toReversed()) {
      await measureServer(server, stub, figures);
    }
  }
  console.log(`\nprocessor time per request in µs, median of ${rounds} rounds of ${seconds} s (lowest to highest)`);
  for (const [server, { costs }] of table) print(server, (kind) => spread(costs[kind]));
  for (const base of ['mercurius', 'floor', 'yogaPothos', 'apollo', 'hive'] as const) {
    const own = table.get('gateway');
    const other = table.get(base);
    if (own && other) {
      print(`gateway / ${base}`, (kind) => (median(own.costs[kind]) / median(other.costs[kind])).toFixed(2));
    }
  }
  console.log('\ntime until the server listens; resident memory at that time and after the load');
  for (const [server, { startMs, startMiB, loadedMiB }] of table) {
    const memory = `${Math.round(median(startMiB))} MiB, ${Math.round(median(loadedMiB))} MiB`;
    console.log(`${server.padEnd(22)} ${Math.round(median(startMs))} ms, ${memory}`);
  }
}

async function measureServer(kind: ServerKind, stub: JournalsStub, figures: Figures): Promise<void> {
  const begunAt = performance.now();
  const server = await ServerProcess.start(kind, stub.url);
  figures.startMs.push(performance.now() - begunAt);
  figures.startMiB.push(server.residentBytes / 1_048_576);
  if (kind !== 'passThrough' && kind !== 'hive') await checkAnswers(server);
  for (const name of kinds) {
    // A pass-through can't answer twenty aliases.
    if (kind === 'passThrough' && name === 'aliases') continue;
    const workload = { ...(kind === 'hive' ? hiveWorkloads : workloads)[name], checks: kind !== 'passThrough' };
    await runLoad(server, { ...workload, seconds: warmUpSeconds });
    figures.costs[name].push((await runLoad(server, { ...workload, seconds })).cost);
  }
  figures.loadedMiB.push(server.residentBytes / 1_048_576);
  await server.stop();
}

const answers = new Map<Kind, unknown>();

/** @throws if a server's response to a workload differs from that of the other servers, except for cursors */
async function checkAnswers(server: ServerProcess): Promise<void> {
  const connection = new BenchConnection(server.port);
  for (const kind of kinds) {
    const { body } = await connection.send(workloads[kind].requestOf(0).text);
    const answer: unknown = JSON.parse(body, (name, value: unknown) => (name === 'endCursor' ? null : value));
    if (answers.has(kind)) deepEqual(answer, answers.get(kind));
    else answers.set(kind, answer);
  }
  connection.close();
}

function emptyFigures(): Figures {
  return { costs: { list: [], journal: [], create: [], aliases: [] }, startMs: [], startMiB: [], loadedMiB: [] };
}

function print(name: string, figureOf: (kind: Kind) => string): void {
  console.log(name.padEnd(22) + kinds.map((kind) => `${kind} ${figureOf(kind)}`.padEnd(28)).join(''));
}

function spread(figures: number[]): string {
  if (figures.length === 0) return '–';
  const [low, high] = [Math.round(Math.min(...figures)), Math.round(Math.max(...figures))];
  return `${Math.round(median(figures))} (${low} to ${high})`;
}
