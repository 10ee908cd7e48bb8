/**
 * Measures how many requests a second the sandbox processes: reads by id, and creates with an idempotency key. Each created
 * journal continues to `executed`, which causes three status changes, three events and two postings.
 *
 * Method: the built sandbox runs in its own process, alternating between memory and a data file. This process sends
 * requests over keep-alive connections with one request each at a time. After a warm-up there are alternating rounds of a
 * fixed time; the figures are medians. Both processes share the machine, which is named in the output. The sandbox's own
 * processor time per request (Linux only) is reported, too, because other load on the machine hardly affects it.
 *
 * Run it with `npm run bench:sandbox`.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { BenchConnection } from './BenchConnection.ts';
import { processorTime } from './processorTime.ts';
import { median } from './quantile.ts';

const connections = 64;
const roundMs = 3_000;
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 5);
const command = process.argv[2] ?? 'dist/cli/main.js';

const authorization = `Basic ${Buffer.from('sandbox:sandbox').toString('base64')}`;
const from = '8f8c8cee-2591-4f83-be12-82c659b5e748';
const to = 'd7017fd9-60dd-425b-a09a-63ff59368b62';

interface Target {
  name: string;
  port: number;
  pid: number;
  ids: string[];
  stop: () => void;
}

interface Figures {
  /** Requests a second, a figure per round. */
  rates: number[];
  /** Processor time of the sandbox per request, in microseconds. */
  costs: number[];
}

function start(name: string, flags: string[]): Promise<Target> {
  const common = ['--port', '0', '--firm-daily-limit', '1000000', '--jnlc-flow', 'classic'];
  const child = spawn(process.execPath, [command, 'sandbox', ...common, ...flags]);
  child.stderr.pipe(process.stderr);
  return new Promise((resolve) => {
    child.stdout.on('data', (text: Buffer) => {
      const port = Number(/:(\d+)\s/.exec(text.toString())?.[1]);
      resolve({ name, port, pid: child.pid ?? 0, ids: [], stop: () => child.kill('SIGKILL') });
    });
  });
}

function createRequest(): string {
  const body = JSON.stringify({ entry_type: 'JNLC', from_account: from, to_account: to, amount: '0.01' });
  return [
    'POST /v1/journals HTTP/1.1',
    'Host: sandbox',
    `Authorization: ${authorization}`,
    'Content-Type: application/json',
    `Idempotency-Key: ${randomUUID()}`,
    `Content-Length: ${body.length}`,
    '',
    body,
  ].join('\r\n');
}

function readRequest(id: string): string {
  return `GET /v1/journals/${id} HTTP/1.1\r\nHost: sandbox\r\nAuthorization: ${authorization}\r\n\r\n`;
}

async function bodyOf(connection: BenchConnection, request: string): Promise<string> {
  const { status, body } = await connection.send(request);
  if (status !== 200) throw new Error(`the sandbox said ${status} ${body}`);
  return body;
}

async function round(
  target: Target,
  figures: Figures,
  exchange: (connection: BenchConnection) => Promise<void>,
): Promise<void> {
  const open = Array.from({ length: connections }, () => new BenchConnection(target.port));
  let done = 0;
  const [started, used] = [performance.now(), processorTime(target.pid)];
  await Promise.all(
    open.map(async (connection) => {
      while (performance.now() - started < roundMs) {
        await exchange(connection);
        done += 1;
      }
    }),
  );
  figures.rates.push(done / ((performance.now() - started) / 1_000));
  figures.costs.push((processorTime(target.pid) - used) / done);
  for (const connection of open) connection.close();
}

function creates(target: Target, figures: Figures): Promise<void> {
  return round(target, figures, async (connection) => {
    const body = await bodyOf(connection, createRequest());
    const id = /"id":"([^"]+)"/.exec(body)?.[1];
    if (id !== undefined && target.ids.length < 10_000) target.ids.push(id);
  });
}

function reads(target: Target, figures: Figures): Promise<void> {
  let next = 0;
  return round(target, figures, async (connection) => {
    next = (next + 1) % target.ids.length;
    await bodyOf(connection, readRequest(target.ids[next] ?? ''));
  });
}

const directory = mkdtempSync(join(tmpdir(), 'sandbox-bench-'));
const targets = [await start('in memory', []), await start('durable', ['--data', join(directory, 'ledger.db')])];
const kinds = [
  ['creates', creates],
  ['reads by id', reads],
] as const;
const table = new Map<string, Figures>();
for (let index = 0; index <= rounds; index += 1) {
  for (const target of targets) {
    for (const [kind, run] of kinds) {
      const name = `${kind}, ${target.name}`;
      // The first round is a warm-up.
      const figures = (index > 1 && table.get(name)) || { rates: [], costs: [] };
      table.set(name, figures);
      await run(target, figures);
    }
  }
}
for (const target of targets) target.stop();
rmSync(directory, { recursive: true });

console.log(`${cpus().length} × ${cpus()[0]?.model ?? 'unknown CPU'}, Node ${process.version}`);
console.log(`${connections} connections, ${rounds} rounds of ${roundMs / 1_000} s, median (lowest to highest)`);
for (const [name, { rates, costs }] of table) {
  const [low, high] = [Math.round(Math.min(...rates)), Math.round(Math.max(...rates))];
  const cost = `${Math.round(median(costs))} µs of the sandbox's processor time each`;
  console.log(`${name.padEnd(24)} ${Math.round(median(rates))} a second (${low} to ${high}), ${cost}`);
}
