import { expect, it } from 'vitest';

import { isWithoutHaproxy } from '../kit/runHaproxy.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';

import { auditScreens } from './kit/auditScreens.ts';
import { Fleet } from './kit/Fleet.ts';
import { eventsPerJournal } from './kit/LiveSandbox.ts';
import { Screen } from './kit/Screen.ts';
import { closeScreens, untilAllShow } from './kit/screens.ts';

it.skipIf(isWithoutRedis || isWithoutHaproxy)(
  'a gateway that was paused until Redis had dropped the events it missed serves its clients from a replay',
  async () => {
    const fleet = await Fleet.start(2, { EVENTS_LOG: '1000' });
    const leader = await fleet.untilLed();
    const after = await fleet.cursor();
    const screens = (['WebSocket', 'SSE'] as const).map(
      (transport) => new Screen({ transport, url: fleet.urlOf(1 - leader), after }),
    );
    await fleet.createJournals(1);
    await untilAllShow(screens, eventsPerJournal);

    fleet.signal(1 - leader, 'SIGSTOP');
    const other = new Screen({ transport: 'SSE', url: fleet.urlOf(leader), after });
    let created = 1;
    for (; created < 600; created += 20) await fleet.createJournals(20);
    await untilAllShow([other], created * eventsPerJournal);
    fleet.signal(1 - leader, 'SIGCONT');
    await untilAllShow(screens, created * eventsPerJournal);
    await fleet.createJournals(1);
    await untilAllShow([...screens, other], (created + 1) * eventsPerJournal);

    const audit = auditScreens([...screens, other], await fleet.publishedEvents());
    expect(audit).toMatchObject({ lost: 0, duplicated: 0, disordered: 0, ends: {} });
    // The streams of the feed and of the clients' replay.
    expect((await fleet.streams()).opened).toBeGreaterThan(1);
    await closeScreens([...screens, other]);
  },
);
