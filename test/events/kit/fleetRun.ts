import { setTimeout as wait } from 'node:timers/promises';

import { seededRandom } from '../../../src/sandbox/values/seededRandom.ts';

import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { Fleet } from './Fleet.ts';
import { eventsPerJournal } from './LiveSandbox.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';

/** What happens to a gateway, or to Redis. */
export type Blow = 'kill' | 'stop' | 'stopLeader' | 'roll' | 'redisWithData' | 'redisWithoutData' | 'redisStopped';

export interface FleetRunOptions {
  /** At least: the load goes on as long as blows fall. */
  events: number;
  /** In this order, again and again while the load goes on. */
  blows: readonly Blow[];
  /** Between two blows, in ms. */
  fromMs: number;
  toMs: number;
  /** Between ten new journals and the next, in ms at most. */
  pauseMs: number;
  clients: number;
  seed: number;
}

export interface FleetRunReport extends ScreenAudit {
  events: number;
  blows: Record<string, number>;
  /** Exit codes of gateways that were asked to end. */
  exits: (number | null)[];
  /** Upstream streams that were ever open at once, replays included. */
  mostStreams: number;
  /** Upstream streams half a second after the last blow. */
  streamsAtEnd: number;
}

const journalsAtOnce = 10;
/** How far the slowest screen may be behind, in events, before the load waits for it. */
const maxBehind = 3_000;

/** Three gateways behind a balancer lose each other, and Redis; their clients come back wherever the balancer sends them. */
export async function fleetRun(options: FleetRunOptions): Promise<FleetRunReport> {
  const { events, blows, fromMs, toMs, pauseMs, clients, seed } = options;
  const random = seededRandom(seed);
  const fleet = await Fleet.start(3);
  const screens = openScreens(clients, { url: fleet.url, after: await fleet.cursor() });
  const struck: Record<string, number> = {};
  const exits: (number | null)[] = [];
  const run = { created: 0, isStruck: false };
  const isOver = () => run.isStruck && run.created * eventsPerJournal >= events;
  const load = (async () => {
    while (!isOver()) {
      await fleet.createJournals(journalsAtOnce);
      run.created += journalsAtOnce;
      await untilAllShow(screens, run.created * eventsPerJournal - maxBehind);
      await wait(random() * pauseMs);
    }
  })();
  for (let turn = 0; turn < blows.length || run.created * eventsPerJournal < events; turn += 1) {
    // The moment of the blow is the point of the run; nothing announces it.
    await wait(fromMs + random() * (toMs - fromMs));
    const blow = blows[turn % blows.length] ?? 'kill';
    exits.push(...(await strike(fleet, blow, random)));
    struck[blow] = (struck[blow] ?? 0) + 1;
  }
  run.isStruck = true;
  await load;
  await untilAllShow(screens, run.created * eventsPerJournal);
  await untilOneLeads(fleet);
  const streams = await fleet.streams();
  const audit = auditScreens(screens, await fleet.publishedEvents());
  await closeScreens(screens);
  const { mostOpen: mostStreams, open: streamsAtEnd } = streams;
  return { events: run.created * eventsPerJournal, blows: struck, exits, mostStreams, streamsAtEnd, ...audit };
}

/** @returns exit codes of gateways that were asked to end */
async function strike(fleet: Fleet, blow: Blow, random: () => number): Promise<(number | null)[]> {
  const index = Math.floor(random() * fleet.size);
  switch (blow) {
    case 'kill':
      await fleet.endGateway(index, 'SIGKILL');
      await fleet.startGateway(index);
      return [];
    case 'stopLeader':
      return stop(fleet, await fleet.untilLed(), random);
    case 'stop':
      return stop(fleet, index, random);
    case 'roll':
      return rollAll(fleet);
    case 'redisWithData':
    case 'redisWithoutData':
      await fleet.redis.kill();
      await wait(random() * 5_000);
      await fleet.redis.restart({ keepsData: blow === 'redisWithData' });
      return [];
    case 'redisStopped':
      fleet.redis.freeze();
      await wait(random() * 5_000);
      fleet.redis.thaw();
      return [];
  }
}

/** For long enough, most times, that another gateway takes the lead from a leader. */
async function stop(fleet: Fleet, index: number, random: () => number): Promise<[]> {
  fleet.signal(index, 'SIGSTOP');
  await wait(1_000 + random() * 5_000);
  fleet.signal(index, 'SIGCONT');
  return [];
}

async function rollAll(fleet: Fleet): Promise<(number | null)[]> {
  const exits: (number | null)[] = [];
  for (let index = 0; index < fleet.size; index += 1) {
    exits.push(await fleet.endGateway(index, 'SIGTERM'));
    await fleet.startGateway(index);
  }
  return exits;
}

/** In quiet one gateway has the one upstream stream. */
async function untilOneLeads(fleet: Fleet): Promise<void> {
  for (;;) {
    const roles = await fleet.roles();
    const { open } = await fleet.streams();
    if (open === 1 && roles.filter((role) => role === 'leading').length === 1 && !roles.includes('standalone')) return;
    await wait(100);
  }
}
