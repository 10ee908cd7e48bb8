import { describe, expect, it } from 'vitest';

import { JournalSidesCache } from '../../src/loaders/JournalSidesCache.ts';
import { Gate } from '../kit/Gate.ts';
import { openJournalsClient } from '../kit/openJournalsClient.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const sides = { fromAccount: wireJNLC().from_account, toAccount: wireJNLC().to_account };

/** Starts an API that responds to every read with this status once the gate is open. */
async function start(status: number) {
  const gate = new Gate();
  const stub = await StubUpstream.start(async (request, response) => {
    await gate.pass();
    await json(status, status === 200 ? wireJNLC() : {})(request, response);
  });
  return { gate, stub, cache: new JournalSidesCache(openJournalsClient(stub.url)) };
}

describe('the accounts of a journal', () => {
  it('are read once for all subscribers, whenever they request them', async () => {
    const { gate, stub, cache } = await start(200);
    gate.open();

    const all = await Promise.all([cache.sidesOf(journalId), cache.sidesOf(journalId)]);
    all.push(await cache.sidesOf(journalId));

    expect(all).toEqual([sides, sides, sides]);
    expect(stub.calls).toHaveLength(1);
  });

  it.each([
    ['fails', 418],
    ['finds nothing', 404],
  ])('that were learned during a read are kept when the read %s', async (_end, status) => {
    const { gate, stub, cache } = await start(status);
    const reading = cache.sidesOf(journalId).catch(() => null);
    await gate.reached;
    cache.learn(journalId, sides);
    gate.open();
    expect(await reading).toBeNull();
    const calls = stub.calls.length;

    expect(await cache.sidesOf(journalId)).toEqual(sides);
    expect(stub.calls).toHaveLength(calls);
  });

  it('are read again after a read has failed', async () => {
    const { gate, stub, cache } = await start(418);
    gate.open();
    await expect(cache.sidesOf(journalId)).rejects.toThrow();
    const calls = stub.calls.length;

    await expect(cache.sidesOf(journalId)).rejects.toThrow();
    expect(stub.calls.length).toBeGreaterThan(calls);
  });
});
