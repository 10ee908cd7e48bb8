import { setTimeout as wait } from 'node:timers/promises';

import { seededRandom } from '../../../src/sandbox/values/seededRandom.ts';

import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { eventsPerJournal } from './LiveSandbox.ts';
import { LiveStage } from './LiveStage.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';

export interface CutRunOptions {
  events: number;
  /** The minimum number of upstream cuts. */
  cuts: number;
  /** The number of streams that fall silent. The feed abandons each of them after ten seconds. */
  silences: number;
  clients: number;
  seed: number;
}

export interface CutRunReport extends ScreenAudit {
  events: number;
  cuts: number;
  faults: Record<string, number>;
}

const journalsAtOnce = 20;
/** The maximum number of events by which the slowest screen may lag before the load waits for it. */
const maxBehind = 3_000;

/** Follows a feed whose upstream breaks in every way that the sandbox supports, mostly while it is being resumed. */
export async function cutRun({ events, cuts, silences, clients, seed }: CutRunOptions): Promise<CutRunReport> {
  const random = seededRandom(seed);
  const stage = await LiveStage.open();
  const screens = openScreens(clients, { url: stage.url, after: await stage.cursor() });
  await stage.sandbox.faults(
    [
      { kind: 'disorderedIds', probability: 0.5 },
      { kind: 'silence', after: 30, operations, skip: 5, count: silences },
      { kind: 'cut', after: 25, operations, probability: 0.7 },
      { kind: 'dropped', after: 10, messages: 7, operations, probability: 0.1 },
      { kind: 'internalError', after: 20, operations, probability: 0.1 },
      { kind: 'duplicates', messages: 9, operations, probability: 0.3 },
    ],
    seed,
  );
  let created = 0;
  let cutNow = 0;
  const countCuts = async () => cutNow + (await stage.fired('cut'));
  while (created * eventsPerJournal < events || (await countCuts()) < cuts) {
    if (created * eventsPerJournal < events) {
      await stage.createJournals(journalsAtOnce);
      created += journalsAtOnce;
      await untilAllShow(screens, created * eventsPerJournal - maxBehind);
    }
    const cutsDue = (cuts * created * eventsPerJournal) / events;
    if ((await countCuts()) < cutsDue) {
      await untilOpen(stage);
      const { body } = await stage.sandbox.post<{ streams: number }>('/sandbox/streams', { kind: 'cut' });
      cutNow += body.streams;
    }
    await wait(random() * 10);
  }
  const faults: Record<string, number> = {};
  for (const kind of ['silence', 'dropped', 'internalError', 'duplicates', 'disorderedIds']) {
    faults[kind] = await stage.fired(kind);
  }
  const cutsInAll = await countCuts();
  await stage.sandbox.faults([]);
  await untilAllShow(screens, created * eventsPerJournal);
  const audit = auditScreens(screens, await stage.publishedEvents());
  await closeScreens(screens);
  return { events: created * eventsPerJournal, cuts: cutsInAll, faults, ...audit };
}

const operations = ['eventsV2'];

/** Waits for a stream that can be cut. */
async function untilOpen(stage: LiveStage): Promise<void> {
  while ((await stage.streams()).open === 0) await wait(5);
}
