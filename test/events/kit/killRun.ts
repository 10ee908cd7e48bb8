import { setTimeout as wait } from 'node:timers/promises';

import { seededRandom } from '../../../src/sandbox/values/seededRandom.ts';

import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { eventsPerJournal } from './LiveSandbox.ts';
import { LiveStage } from './LiveStage.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';

export interface KillRunOptions {
  kills: number;
  /** The shortest and the longest time between two kills, in ms. */
  fromMs: number;
  toMs: number;
  clients: number;
  seed: number;
}

export interface KillRunReport extends ScreenAudit {
  kills: number;
  events: number;
}

/** Repeatedly kills the gateway under load with kill -9 and restarts it; its clients resume after their cursors. */
export async function killRun({ kills, fromMs, toMs, clients, seed }: KillRunOptions): Promise<KillRunReport> {
  const random = seededRandom(seed);
  const stage = await LiveStage.open();
  const screens = openScreens(clients, { url: stage.url, after: await stage.cursor() });
  let created = 0;
  const run = { isOver: false };
  const load = (async () => {
    while (!run.isOver) {
      await stage.createJournals(2);
      created += 2;
      await wait(random() * 40);
    }
  })();
  for (let kill = 0; kill < kills; kill += 1) {
    // The kill must come at a random moment, so there is nothing to wait for.
    await wait(fromMs + random() * (toMs - fromMs));
    await stage.endGateway('SIGKILL');
    await stage.startGateway();
  }
  run.isOver = true;
  await load;
  await untilAllShow(screens, created * eventsPerJournal);
  const audit = auditScreens(screens, await stage.publishedEvents());
  await closeScreens(screens);
  return { kills, events: created * eventsPerJournal, ...audit };
}
