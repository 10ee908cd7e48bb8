import { setTimeout as wait } from 'node:timers/promises';

import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { eventsPerJournal } from './LiveSandbox.ts';
import { LiveStage } from './LiveStage.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';

export interface PausedRunOptions {
  clients: number;
  /** Of them, half over each transport. */
  paused: number;
  events: number;
  /** How often the gateway asks whether clients are there; a paused socket is cut after twice that. */
  pingSeconds: number;
}

export interface PausedRunReport extends ScreenAudit {
  events: number;
  /** What the paused ones were told when they read again, each. */
  pausedEnds: Record<string, number>[];
  /** What the gateway held in memory after each quarter of the run, in MiB. */
  memoryMiB: number[];
}

const journalsAtOnce = 20;
const maxBehind = 600;
/** A few megabytes wait in sockets before anything waits in the gateway; a WebSocket is cut for its silence before. */
const copiesOverSse = 40;

/** Some clients stop reading; the others must not notice, and those must not be left in silence. */
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
  // However fast it went, the gateway has to have asked twice whether they are there.
  await wait(pausedAt + 2_500 * pingSeconds - performance.now());
  // What happens now is not among what waits in the socket of one that was cut: it has to come back for it.
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
  const audit = auditScreens(screens, await stage.told());
  await closeScreens(screens);
  return { events: created * eventsPerJournal, pausedEnds, memoryMiB, ...audit };
}
