import { setTimeout as wait } from 'node:timers/promises';

import { seededRandom } from '../../../src/sandbox/values/seededRandom.ts';

import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { Fleet } from './Fleet.ts';
import { eventsPerJournal } from './LiveSandbox.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';
import type { Screen } from './Screen.ts';

/** What happens to a gateway, or to Redis. */
export type Blow = 'kill' | 'stop' | 'roll' | 'redisWithData' | 'redisWithoutData' | 'redisStopped';

export interface FleetRunOptions {
  events: number;
  /** In this order, again and again. */
  blows: readonly Blow[];
  /** Between two blows, in ms. */
  fromMs: number;
  toMs: number;
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
export async function fleetRun({ events, blows, fromMs, toMs, clients, seed }: FleetRunOptions): Promise<FleetRunReport> {
  const random = seededRandom(seed);
  const fleet = await Fleet.start(3);
  const screens = openScreens(clients, { url: fleet.url, after: await fleet.cursor() });
  const struck: Record<string, number> = {};
  const exits: (number | null)[] = [];
  const run = { isOver: false };
  const load = createAll(fleet, screens, events, random);
  const striking = (async () => {
    for (let turn = 0; !run.isOver || turn < blows.length; turn += 1) {
      // The moment of the blow is the point of the run; nothing announces it.
      await wait(fromMs + random() * (toMs - fromMs));
      const blow = blows[turn % blows.length] ?? 'kill';
      exits.push(...(await strike(fleet, blow, random)));
      struck[blow] = (struck[blow] ?? 0) + 1;
    }
  })();
  await load;
  run.isOver = true;
  await striking;
  const journals = Math.ceil(events / eventsPerJournal / journalsAtOnce) * journalsAtOnce;
  await untilAllShow(screens, journals * eventsPerJournal);
  await untilOneLeads(fleet);
  const streams = await fleet.streams();
  const audit = auditScreens(screens, await fleet.told());
  await closeScreens(screens);
  const { mostOpen: mostStreams, open: streamsAtEnd } = streams;
  return { events: journals * eventsPerJournal, blows: struck, exits, mostStreams, streamsAtEnd, ...audit };
}

async function createAll(fleet: Fleet, screens: readonly Screen[], events: number, random: () => number): Promise<void> {
  for (let created = 0; created * eventsPerJournal < events; created += journalsAtOnce) {
    await fleet.createJournals(journalsAtOnce);
    await untilAllShow(screens, created * eventsPerJournal - maxBehind);
    await wait(random() * 10);
  }
}

/** @returns exit codes of gateways that were asked to end */
async function strike(fleet: Fleet, blow: Blow, random: () => number): Promise<(number | null)[]> {
  const index = Math.floor(random() * fleet.size);
  switch (blow) {
    case 'kill':
      await fleet.endGateway(index, 'SIGKILL');
      await fleet.startGateway(index);
      return [];
    case 'stop':
      fleet.signal(index, 'SIGSTOP');
      await wait(1_000 + random() * 4_000);
      fleet.signal(index, 'SIGCONT');
      return [];
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
