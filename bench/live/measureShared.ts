import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';

import { processorTime } from '../processorTime.ts';
import { median, quantile } from '../quantile.ts';

import type { FeedStub } from './FeedStub.ts';
import { inTurns, rounds } from './rounds.ts';
import { pin, ServerProcess } from './ServerProcess.ts';
import { closeAll, openSubscribers, whenDelivered } from './subscribers.ts';

const subscribers = 10;
const aSecond = 500;
const warmUp = 500;
const events = 2_000;
const patienceMs = 8_000;
const port = 6_399;

interface Lane {
  name: string;
  /** The number of gateways. The last one to start is measured. */
  gateways: number;
  isShared: boolean;
}

const lanes: Lane[] = [
  { name: 'alone', gateways: 1, isShared: false },
  { name: 'leading', gateways: 1, isShared: true },
  { name: 'following', gateways: 2, isShared: true },
];

interface Figures {
  /** Processor time of the gateway for an event, in microseconds. */
  costs: number[];
  /** Processor time of Redis for an event, in microseconds. */
  redis: number[];
  /** Median of the latency, in ms. */
  latencies: number[];
}

/**
 * Compares the processor time for an event with and without a shared feed. There are few subscribers, because these
 * cost the same in both cases.
 */
export async function measureShared(feed: FeedStub): Promise<void> {
  const table = lanes.map((lane) => ({ lane, figures: emptyFigures() }));
  for (let round = 0; round < rounds; round += 1) {
    for (const { lane, figures } of inTurns(table, round)) await slice(feed, lane, figures);
  }
  console.log(`\n${subscribers} subscribers, ${aSecond} events a second, medians of ${rounds} alternating rounds`);
  for (const { lane, figures } of table) {
    console.log(
      `${lane.name.padEnd(10)} ${Math.round(median(figures.costs))} µs of the gateway for an event, ` +
        `${Math.round(median(figures.redis))} µs of Redis, latency ${median(figures.latencies).toFixed(1)} ms`,
    );
  }
}

function emptyFigures(): Figures {
  return { costs: [], redis: [], latencies: [] };
}

async function slice(feed: FeedStub, { gateways, isShared }: Lane, figures: Figures): Promise<void> {
  const redis = await startRedis();
  const environment = isShared ? { REDIS_URL: `redis://127.0.0.1:${port}` } : {};
  const servers: ServerProcess[] = [];
  while (servers.length < gateways) servers.push(await ServerProcess.start('gateway', feed.url, environment));
  const server = servers.at(-1);
  if (!server) throw new Error('there is a gateway');
  const all = await openSubscribers(server.port, subscribers, () => 'WebSocket');
  await feed.tellMany(warmUp, aSecond);
  await whenDelivered(all, warmUp, patienceMs);
  for (const subscriber of all) subscriber.latencies.length = 0;

  const [used, usedByRedis] = [server.processorSeconds, redis.processorSeconds()];
  await feed.tellMany(events, aSecond);
  await whenDelivered(all, warmUp + events, patienceMs);
  figures.costs.push(((server.processorSeconds - used) / events) * 1_000_000);
  figures.redis.push(((redis.processorSeconds() - usedByRedis) / events) * 1_000_000);
  figures.latencies.push(quantile(all.flatMap(({ latencies }) => latencies), 0.5)); // prettier-ignore
  closeAll(all);
  for (const each of servers) await each.stop();
  await redis.stop();
}

/** Starts a Redis that writes every command to disk, as the outcomes of reverse batches require. */
async function startRedis() {
  const persistence = ['--save', '', '--appendonly', 'yes', '--appendfsync', 'always', '--dir', '/tmp'];
  const redis = spawn('redis-server', ['--port', String(port), '--appenddirname', 'bench-redis', ...persistence], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  pin(redis.pid, 1);
  for await (const text of redis.stdout as AsyncIterable<Buffer>) {
    if (text.includes('Ready to accept connections')) break;
  }
  execFileSync('redis-cli', ['-p', String(port), 'flushall'], { stdio: 'ignore' });
  return {
    processorSeconds: () => processorTime(redis.pid ?? 0) / 1_000_000,
    stop: async () => {
      const ended = once(redis, 'close');
      redis.kill('SIGKILL');
      await ended;
    },
  };
}
