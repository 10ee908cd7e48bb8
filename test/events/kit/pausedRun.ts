import { setTimeout as wait } from 'node:timers/promises';

import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { eventsPerJournal } from './LiveSandbox.ts';
import { LiveStage } from './LiveStage.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';

export interface PausedRunOptions {
  clients: number;
  /** The number of clients that stop reading, half of them over each transport. */
  paused: number;
  events: number;
  /** The gateway's ping interval. A paused socket is disconnected after twice that time. */
  pingSeconds: number;
}

export interface PausedRunReport extends ScreenAudit {
  events: number;
  /** How the subscriptions of each paused client ended. */
  pausedEnds: Record<string, number>[];
  /** The gateway's memory after each quarter of the run, in MiB. */
  memoryMiB: number[];
}

const journalsAtOnce = 20;
const maxBehind = 600;
/** Enough to fill the socket buffers of an event stream; a paused WebSocket is disconnected by its pings earlier. */
const copiesOverSse = 40;

/** Pauses some clients: the others must be unaffected, and the paused ones must resume or be disconnected. */
export async function pausedRun({ clients, paused, events, pingSeconds }: PausedRunOptions): Promise<PausedRunReport> {
  const stage = await LiveStage.open({ PING_SECONDS: String(pingSeconds) });
  const options = { url: stage.url, after: await stage.cursor() };
  const stopped = openScreens(paused, { ...options, copiesOverSse });
  const readers = openScreens(clients - paused, options);
  const screens = [...stopped, ...readers];
  let created = 0;
  const create = async () => {
    await stage.createJournals(journalsAtOnce);
    created += journalsAtOnce;
    await untilAllShow(readers, created * eventsPerJournal - maxBehind);
  };
  await create();
  await untilAllShow(screens, created * eventsPerJournal);
  for (const screen of stopped) screen.pause();
  const memoryMiB: number[] = [];
  const pausedAt = performance.now();
  while (created * eventsPerJournal < events) {
    await create();
    const quarter = (memoryMiB.length + 1) / 4;
    if (created * eventsPerJournal >= events * quarter) memoryMiB.push(Math.round(stage.gatewayMemory() / 2 ** 20));
  }
  // The gateway must have sent two pings, however fast the events were.
  await wait(pausedAt + 2_500 * pingSeconds - performance.now());
  // These events are not in the buffers of a socket that was disconnected: its client has to resume to receive them.
  await create();
  await untilAllShow(readers, created * eventsPerJournal);

  for (const screen of stopped) screen.resume();
  await Promise.all(
    stopped.map((screen) =>
      screen.until(({ ends, shown }) => ends.size > 0 || shown.length >= created * eventsPerJournal),
    ),
  );
  const pausedEnds = stopped.map(({ ends }) => Object.fromEntries(ends));
  await untilAllShow(stopped, created * eventsPerJournal);
  const audit = auditScreens(screens, await stage.publishedEvents());
  await closeScreens(screens);
  return { events: created * eventsPerJournal, pausedEnds, memoryMiB, ...audit };
}
