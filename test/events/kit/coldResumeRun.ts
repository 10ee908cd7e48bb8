import { seededRandom } from '../../../src/sandbox/values/seededRandom.ts';

import { auditScreens } from './auditScreens.ts';
import type { ScreenAudit } from './auditScreens.ts';
import { eventsPerJournal } from './LiveSandbox.ts';
import { LiveStage } from './LiveStage.ts';
import { Screen } from './Screen.ts';
import { closeScreens, openScreens, untilAllShow } from './screens.ts';
import { closeLater } from '../../kit/closeLater.ts';

export interface ColdResumeOptions {
  clients: number;
  /** Journals per batch. Ten batches are created before the gateway stops; clients resume after any of their events. */
  journals: number;
  seed: number;
}

export interface ColdResumeReport extends ScreenAudit {
  events: number;
  /** The maximum number of upstream streams that were open at once, including the feed's. */
  mostStreams: number;
  /** The number of upstream streams that the cold gateway opened, including the feed's. */
  streamsOpened: number;
}

/** Stops a gateway and starts a new one, on which all clients resume at once from many different cursors. */
export async function coldResumeRun({ clients, journals, seed }: ColdResumeOptions): Promise<ColdResumeReport> {
  const random = seededRandom(seed);
  const stage = await LiveStage.open();
  const [first] = openScreens(1, { url: stage.url, after: await stage.cursor() });
  if (!first) throw new Error('expected one screen');
  for (let batch = 0; batch < 10; batch += 1) {
    await stage.createJournals(journals);
    await untilAllShow([first], (batch + 1) * journals * eventsPerJournal);
  }
  await stage.endGateway('SIGTERM');
  await first.close();
  await stage.createJournals(journals);
  await stage.startGateway();
  const published = await stage.publishedEvents();
  const { opened } = await stage.streams();

  const starts = Array.from({ length: clients }, () => Math.floor(random() * first.shown.length));
  const screens = starts.map((start, index) => {
    const transport = index % 2 === 0 ? 'WebSocket' : 'SSE';
    return new Screen({ transport, url: stage.url, after: first.shown[start]?.cursor ?? '', pauseMs: 1_000 });
  });
  closeLater(() => closeScreens(screens));
  await Promise.all(
    screens.map((screen, index) =>
      screen.until(({ shown }) => shown.length >= published.length - 1 - (starts[index] ?? 0)),
    ),
  );
  await stage.createJournals(1);
  const all = await stage.publishedEvents();
  await Promise.all(screens.map((screen) => screen.until(({ shown }) => shown.at(-1)?.id === all.at(-1)?.id)));
  const streams = await stage.streams();
  const audits = screens.map((screen, index) => auditScreens([screen], all.slice((starts[index] ?? 0) + 1)));
  await closeScreens(screens);
  return {
    events: all.length,
    mostStreams: streams.mostOpen,
    streamsOpened: streams.opened - opened + 1,
    ...sum(audits),
  };
}

function sum(audits: readonly ScreenAudit[]): ScreenAudit {
  const all: ScreenAudit = { clients: 0, delivered: 0, lost: 0, duplicated: 0, disordered: 0, ends: {} };
  for (const { ends, ...counts } of audits) {
    for (const name of ['clients', 'delivered', 'lost', 'duplicated', 'disordered'] as const) all[name] += counts[name];
    for (const [end, count] of Object.entries(ends)) all.ends[end] = (all.ends[end] ?? 0) + count;
  }
  return all;
}
