import { setTimeout as wait } from 'node:timers/promises';

import { seededRandom } from '../../../src/sandbox/values/seededRandom.ts';

import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { Fleet } from './Fleet.ts';
import { eventsPerJournal } from './LiveSandbox.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';

/** A fault of a gateway or of Redis. */
export type Disturbance =
  'kill' | 'stop' | 'stopLeader' | 'roll' | 'redisWithData' | 'redisWithoutData' | 'redisStopped';

export interface FleetRunOptions {
  /** The minimum number of events. The load continues until the last disturbance. */
  events: number;
  /** The disturbances, which are repeated in this order while the load continues. */
  disturbances: readonly Disturbance[];
  /** The shortest and the longest time between two disturbances, in ms. */
  fromMs: number;
  toMs: number;
  /** The longest pause between two batches of journals, in ms. */
  pauseMs: number;
  clients: number;
  seed: number;
}

export interface FleetRunReport extends ScreenAudit {
  events: number;
  disturbances: Record<string, number>;
  /** The exit codes of gateways that were shut down. */
  exits: (number | null)[];
  /** The maximum number of upstream streams that were open at once, including replays. */
  mostStreams: number;
  /** The number of upstream streams half a second after the last disturbance. */
  streamsAtEnd: number;
}

const journalsAtOnce = 10;
/** The maximum number of events by which the slowest screen may lag before the load waits for it. */
const maxBehind = 3_000;

/**
 * Disturbs three gateways behind a balancer and their Redis; clients resume on the gateway that the balancer selects.
 */
export async function fleetRun(options: FleetRunOptions): Promise<FleetRunReport> {
  const { events, disturbances, fromMs, toMs, pauseMs, clients, seed } = options;
  const random = seededRandom(seed);
  const fleet = await Fleet.start(3);
  const screens = openScreens(clients, { url: fleet.url, after: await fleet.cursor() });
  const counts: Record<string, number> = {};
  const exits: (number | null)[] = [];
  const run = { created: 0, isDisturbed: false };
  const isOver = () => run.isDisturbed && run.created * eventsPerJournal >= events;
  const load = (async () => {
    while (!isOver()) {
      await fleet.createJournals(journalsAtOnce);
      run.created += journalsAtOnce;
      await untilAllShow(screens, run.created * eventsPerJournal - maxBehind);
      await wait(random() * pauseMs);
    }
  })();
  for (let turn = 0; turn < disturbances.length || run.created * eventsPerJournal < events; turn += 1) {
    // The disturbance must come at a random moment, so there is nothing to wait for.
    await wait(fromMs + random() * (toMs - fromMs));
    const disturbance = disturbances[turn % disturbances.length] ?? 'kill';
    exits.push(...(await disturb(fleet, disturbance, random)));
    counts[disturbance] = (counts[disturbance] ?? 0) + 1;
  }
  run.isDisturbed = true;
  await load;
  await untilAllShow(screens, run.created * eventsPerJournal);
  await untilOneLeads(fleet);
  const streams = await fleet.streams();
  const audit = auditScreens(screens, await fleet.publishedEvents());
  await closeScreens(screens);
  const { mostOpen: mostStreams, open: streamsAtEnd } = streams;
  return { events: run.created * eventsPerJournal, disturbances: counts, exits, mostStreams, streamsAtEnd, ...audit };
}

/** Causes a disturbance. @returns the exit codes of gateways that were shut down */
async function disturb(fleet: Fleet, disturbance: Disturbance, random: () => number): Promise<(number | null)[]> {
  const index = Math.floor(random() * fleet.size);
  switch (disturbance) {
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
      await fleet.redis.restart({ keepsData: disturbance === 'redisWithData' });
      return [];
    case 'redisStopped':
      fleet.redis.freeze();
      await wait(random() * 5_000);
      fleet.redis.thaw();
      return [];
  }
}

/** Pauses a gateway, mostly long enough for another gateway to take the lead. */
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

/** Without disturbances, one gateway has the only upstream stream. */
async function untilOneLeads(fleet: Fleet): Promise<void> {
  for (;;) {
    const roles = await fleet.roles();
    const { open } = await fleet.streams();
    if (open === 1 && roles.filter((role) => role === 'leading').length === 1 && !roles.includes('standalone')) return;
    await wait(100);
  }
}
