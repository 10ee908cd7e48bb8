import { describe, expect, it } from 'vitest';

import { cash } from './kit/journals.ts';
import { type SandboxClient, startSandbox, until } from './kit/startSandbox.ts';

const key = { 'idempotency-key': 'k1' };
const v2 = '/v2/events/journals/status';

async function log(client: SandboxClient) {
  const { body } = await client.get<{ answeredAt: number | null; status: number | null }[]>('/sandbox/log');
  return body;
}

/** Resolves when every request in the log has ended. */
function ended(client: SandboxClient): Promise<void> {
  return until(async () => (await log(client)).every(({ answeredAt }) => answeredAt !== null));
}

describe('a client that disconnects', () => {
  it('while its duplicate is in progress does not hold the key', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'latency', when: 'after', ms: 300, count: 1 }]);

    const first = client.post('/v1/journals', cash(), key);
    await client.arrivals('createJournal', 1);
    const twin = await client.hangUp('POST', '/v1/journals', () => client.arrivals('createJournal', 2), cash(), key);
    const later = await client.post('/v1/journals', cash(), key);

    expect([(await first).status, twin, later.status]).toEqual([200, 'hung up', 200]);
    expect(later.text).toBe((await first).text);
  });

  it('before the response arrives is logged without a status and counts as lost', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'latency', ms: 200 }]);

    await client.hangUp('POST', '/v1/journals', () => client.arrivals('createJournal', 1), cash());
    await ended(client);

    expect((await log(client)).map(({ status }) => status)).toEqual([null]);
    expect((await client.get('/sandbox/stats')).body).toMatchObject({
      // The request is processed although its client is gone.
      journals: { total: 1 },
      requests: { createJournal: { total: 1, byStatus: { lost: 1 } } },
    });
  });

  it('within its body counts as lost and is not processed', async () => {
    const { client } = await startSandbox();
    async function* half(): AsyncGenerator<string> {
      yield JSON.stringify(cash()).slice(0, 20);
      await client.arrivals('createJournal', 1);
      throw new Error('the client hangs up');
    }

    await expect(client.send('POST', '/v1/journals', half(), key)).rejects.toThrow('hangs up');
    await ended(client);

    expect((await client.get('/sandbox/stats')).body).toMatchObject({
      journals: { total: 0 },
      requests: { createJournal: { total: 1, byStatus: { lost: 1 } } },
    });
  });

  it('before its stream has opened takes no slot', async () => {
    const { client } = await startSandbox({ maxStreams: 1 });
    await client.faults([{ kind: 'latency', ms: 200, count: 1 }]);

    await client.hangUp('GET', v2, () => client.arrivals('eventsV2', 1));
    await ended(client);
    const next = await client.events(v2);

    expect((await log(client)).map(({ status }) => status)).toEqual([null, 200]);
    expect(next.status).toBe(200);
  });
});

describe('a refused client', () => {
  it('with wrong credentials does not wait for its idempotency key', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'latency', when: 'after', ms: 300, count: 1 }]);
    const finished: string[] = [];

    const first = client.post('/v1/journals', cash(), key).then(() => finished.push('the first'));
    await client.arrivals('createJournal', 1);
    const stranger = await client.post('/v1/journals', cash(), { ...key, authorization: '' });
    finished.push('the stranger');
    await first;

    expect(stranger.status).toBe(401);
    expect(finished).toEqual(['the stranger', 'the first']);
  });
});
