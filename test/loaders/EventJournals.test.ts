import { describe, expect, it } from 'vitest';

import { EventJournals } from '../../src/loaders/EventJournals.ts';
import { JournalSidesCache } from '../../src/loaders/JournalSidesCache.ts';
import { openJournalsClient } from '../kit/openJournalsClient.ts';
import { statusEvent } from '../kit/statusEvent.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

/**
 * Creates `EventJournals` in front of an API that responds with these statuses in order and then repeats the last one.
 */
async function start(...statuses: number[]) {
  const stub = await StubUpstream.start((request, response) => {
    const status = statuses[Math.min(stub.calls.length, statuses.length) - 1] ?? 200;
    return json(status, status === 200 ? wireJNLC() : {})(request, response);
  });
  const client = openJournalsClient(stub.url);
  return { stub, journals: new EventJournals(client, new JournalSidesCache(client)) };
}

const [first, second] = [statusEvent('first'), statusEvent('second')];

describe('the journal of an event', () => {
  it('is read once for all subscribers, whenever they request it', async () => {
    const { stub, journals } = await start(200);

    const all = await Promise.all([journals.journalOf(first), journals.journalOf(first)]);
    all.push(await journals.journalOf(first));

    expect(new Set(all).size).toBe(1);
    expect(stub.calls).toHaveLength(1);
  });

  it('is read again for a later event, and then returned for the earlier event too', async () => {
    const { stub, journals } = await start(200);
    await journals.journalOf(first);

    const later = await journals.journalOf(second);

    expect(await journals.journalOf(first)).toBe(later);
    expect(stub.calls).toHaveLength(2);
  });

  it('is read again after a read has failed', async () => {
    const { journals } = await start(418, 200);
    await expect(journals.journalOf(first)).rejects.toThrow();

    expect(await journals.journalOf(first)).not.toBeNull();
  });
});
