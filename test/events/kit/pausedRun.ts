import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { eventsPerJournal, LiveStage } from './LiveStage.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';

export interface PausedRunOptions {
  clients: number;
  /** Of them, half over each transport. */
  paused: number;
  events: number;
}

export interface PausedRunReport extends ScreenAudit {
  events: number;
  /** What the paused ones were told when they read again, each. */
  pausedEnds: Record<string, number>[];
  /** How much the gateway's memory grew from the first quarter of the run to its end, in MiB. */
  grownMiB: number;
}

const journalsAtOnce = 20;
const maxBehind = 600;

/** Some clients stop reading; the others must not notice, and those must not be left in silence. */
export async function pausedRun({ clients, paused, events }: PausedRunOptions): Promise<PausedRunReport> {
  const stage = await LiveStage.open({ PING_SECONDS: '1' });
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
  let memory = 0;
  while (created * eventsPerJournal < events) {
    await create(readers);
    if (memory === 0 && created * eventsPerJournal >= events / 4) memory = stage.gatewayMemory();
  }
  await untilAllShow(readers, created * eventsPerJournal);
  const grown = stage.gatewayMemory() - memory;

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
  return { events: created * eventsPerJournal, pausedEnds, grownMiB: Math.round(grown / 2 ** 20), ...audit };
}
