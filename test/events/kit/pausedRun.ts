import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { eventsPerJournal, LiveStage } from './LiveStage.ts';
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

/** Some clients stop reading; the others must not notice, and those must not be left in silence. */
export async function pausedRun({ clients, paused, events, pingSeconds }: PausedRunOptions): Promise<PausedRunReport> {
  const stage = await LiveStage.open({ PING_SECONDS: String(pingSeconds) });
  const screens = openScreens(clients, { url: stage.url, after: await stage.cursor() });
  let created = 0;
  const create = async (readers: typeof screens) => {
    await stage.createJournals(journalsAtOnce);
    created += journalsAtOnce;
    await untilAllShow(readers, created * eventsPerJournal - maxBehind);
  };
  await create(screens);
  await untilAllShow(screens, created * eventsPerJournal);
  const stopped = screens.slice(0, paused);
  const readers = screens.slice(paused);
  for (const screen of stopped) screen.pause();
  const memoryMiB: number[] = [];
  const pausedAt = performance.now();
  // However fast it goes, the gateway has to have asked twice whether they are there.
  while (created * eventsPerJournal < events || performance.now() - pausedAt < 2_500 * pingSeconds) {
    await create(readers);
    const quarter = (memoryMiB.length + 1) / 4;
    if (quarter <= 1 && created * eventsPerJournal >= events * quarter)
      memoryMiB.push(Math.round(stage.gatewayMemory() / 2 ** 20));
  }
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
