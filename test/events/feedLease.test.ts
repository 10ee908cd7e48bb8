import { describe, expect, it } from 'vitest';

import { isWithoutHaproxy } from '../kit/runHaproxy.ts';
import { isWithoutRedis } from '../kit/startRedis.ts';

import { auditScreens } from './kit/auditScreens.ts';
import { Fleet } from './kit/Fleet.ts';
import { eventsPerJournal } from './kit/LiveSandbox.ts';
import { Screen } from './kit/Screen.ts';
import { closeScreens, untilAllShow } from './kit/screens.ts';

const isSkipped = isWithoutRedis || isWithoutHaproxy;

/** Starts two gateways with a screen on each. */
async function startTwo() {
  const fleet = await Fleet.start(2);
  const leader = await fleet.untilLed();
  const follower = 1 - leader;
  const after = await fleet.cursor();
  const [led, following] = [leader, follower].map(
    (index) => new Screen({ transport: 'WebSocket', url: fleet.urlOf(index), after }),
  );
  if (!led || !following) throw new Error('expected two screens');
  return { fleet, leader, follower, led, following };
}

describe.skipIf(isSkipped)('within five seconds the lead passes to another gateway', () => {
  it('when the leader is killed', async () => {
    const { fleet, leader, led, following } = await startTwo();
    await fleet.createJournals(1);
    await untilAllShow([led, following], eventsPerJournal);

    const begunAt = performance.now();
    await fleet.endGateway(leader, 'SIGKILL');
    await fleet.createJournals(1);
    await following.until(({ shown }) => shown.length >= 2 * eventsPerJournal);

    expect(performance.now() - begunAt).toBeLessThan(5_000);
    expect(await fleet.streams()).toMatchObject({ open: 1, mostOpen: 1, opened: 2 });
    await closeScreens([led, following]);
  });

  it('when the leader is paused, and the leader follows once it runs again', async () => {
    const { fleet, leader, follower, led, following } = await startTwo();
    await fleet.createJournals(1);
    await untilAllShow([led, following], eventsPerJournal);

    const begunAt = performance.now();
    fleet.signal(leader, 'SIGSTOP');
    await fleet.createJournals(1);
    await following.until(({ shown }) => shown.length >= 2 * eventsPerJournal);
    expect(performance.now() - begunAt).toBeLessThan(5_000);
    // The paused gateway has not read these events yet and tries to append them later.
    await fleet.createJournals(1);
    fleet.signal(leader, 'SIGCONT');
    await fleet.createJournals(1);
    await untilAllShow([led, following], 4 * eventsPerJournal);

    await expect.poll(() => fleet.streams(), { timeout: 10_000 }).toMatchObject({ open: 1, mostOpen: 2, opened: 2 });
    await expect.poll(async () => (await fleet.roles())[leader], { timeout: 10_000 }).toBe('following');
    expect((await fleet.roles())[follower]).toBe('leading');
    expect(auditScreens([led, following], await fleet.publishedEvents())).toMatchObject({
      lost: 0,
      duplicated: 0,
      disordered: 0,
    });
    await closeScreens([led, following]);
  });
});
