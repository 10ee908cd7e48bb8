import { describe, expect, it } from 'vitest';

import { anyone } from '../../src/auth/principal.ts';
import { SharedReads } from '../../src/loaders/SharedReads.ts';
import { Gate } from '../kit/Gate.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const other = { ...anyone, name: 'other' };

/** Starts an API whose reads stay in flight until the gate is opened. */
async function start() {
  const gate = new Gate();
  const hungUp = new Gate();
  const stub = await StubUpstream.start(async (seen, response) => {
    response.on('close', () => void (response.writableFinished || hungUp.pass()));
    if (seen.method === 'GET') await gate.pass();
    return json(200, seen.url.includes('?') ? [] : wireJNLC())(seen, response);
  });
  const client = openJournalsClient(stub.url);
  const state = { position: 0 };
  return { gate, hungUp, stub, client, state, reads: new SharedReads(client, () => state.position) };
}

describe('reads of the same resource', () => {
  it('are sent once for a principal while they are in flight', async () => {
    const { gate, stub, reads } = await start();
    const journals = [1, 2, 3].map(() => reads.get(anyone, journalId));
    const lists = [1, 2].map(() => reads.list(anyone, { limit: 2 }));
    await gate.reached;

    gate.open();

    expect(new Set(await Promise.all(journals)).size).toBe(1);
    expect(await Promise.all(lists)).toHaveLength(2);
    expect(stub.calls).toHaveLength(2);
  });

  it('are not shared between principals, or after they have completed', async () => {
    const { gate, stub, reads } = await start();
    gate.open();

    await Promise.all([reads.get(anyone, journalId), reads.get(other, journalId)]);
    await reads.get(anyone, journalId);

    expect(stub.calls).toHaveLength(3);
  });

  it('are not joined after an event or a write', async () => {
    const { gate, stub, client, state, reads } = await start();
    const first = reads.get(anyone, journalId);
    state.position = 1;
    const second = reads.get(anyone, journalId);
    await client.delete(journalId);
    const third = reads.get(anyone, journalId);

    gate.open();

    await Promise.all([first, second, third]);
    expect(stub.calls.filter(({ method }) => method === 'GET')).toHaveLength(3);
  });

  it('continue when one caller leaves, and are aborted when the last one does', async () => {
    const { gate, hungUp, reads } = await start();
    const cancels = [new AbortController(), new AbortController()];
    const [first, second] = cancels.map(({ signal }) => failureOf(reads.get(anyone, journalId, signal)));
    await gate.reached;

    cancels[0]?.abort();
    expect(await first).toMatchObject({ message: 'the client has disconnected' });
    cancels[1]?.abort();

    expect(await second).toMatchObject({ message: 'the client has disconnected' });
    await hungUp.reached;
  });
});
