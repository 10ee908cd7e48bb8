import { describe, expect, it } from 'vitest';

import { cash } from './kit/journals.ts';
import { type SandboxClient, startSandbox } from './kit/startSandbox.ts';

const create = ['createJournal'];
const answers = [
  { kind: 'answer', status: 500, probability: 0.4, operations: create },
  { kind: 'answer', status: 502, when: 'after', probability: 0.4, operations: create },
];

/** Returns the outcomes of thirty consecutive creates. If `slowly`, each is sent in two chunks. */
async function run(client: SandboxClient, faults: readonly object[], slowly = false): Promise<number[]> {
  await client.faults(faults, 7);
  const statuses: number[] = [];
  for (let count = 0; count < 30; count += 1) {
    const text = JSON.stringify(cash({ amount: '0.01' }));
    const body = slowly ? pieces(text, client) : text;
    statuses.push((await client.post('/v1/journals', body)).status);
  }
  return statuses;
}

async function* pieces(text: string, client: SandboxClient): AsyncGenerator<string> {
  yield text.slice(0, 10);
  // Between the chunks, other requests and their faults are processed.
  await client.get('/v1/accounts');
  yield text.slice(10);
}

describe('a seed', () => {
  it.each([
    ['with ids out of order', [...answers, { kind: 'disorderedIds', probability: 0.5 }], false],
    ['with latencies of any length', [...answers, { kind: 'latency', minMs: 0, maxMs: 2 }], false],
    ['with other requests in between', [...answers, { kind: 'latency', ms: 0, operations: ['listAccounts'] }], true],
    [
      'with other faults on other requests',
      [...answers, { kind: 'malformed', probability: 0.5, operations: ['listAccounts'] }],
      true,
    ],
  ])('reproduces a run, even %s', async (_what, faults, slowly) => {
    const { client } = await startSandbox({ settleDelayMs: 0 });

    const plain = await run(client, answers);
    const other = await run(client, faults, slowly);

    expect(other).toEqual(plain);
    expect(new Set(plain)).toEqual(new Set([200, 500, 502]));
  });
});

describe('fired', () => {
  it('does not count effects that cannot change anything', async () => {
    const { client } = await startSandbox();
    const kinds = ['answerLost', 'truncated', 'malformed'].map((kind) => ({ kind }));
    await client.faults([...kinds, { kind: 'slowBody', ms: 1 }, { kind: 'answer', when: 'after' }]);

    const stranger = await client.get('/v1/journals', { authorization: '' });
    const stream = await client.events();

    expect([stranger.status, stream.status]).toEqual([401, 200]);
    const { body } = await client.get<{ faults: { fired: number }[] }>('/sandbox/faults');
    expect(body.faults.map(({ fired }) => fired)).toEqual([0, 0, 0, 0, 0]);
    expect((await client.get('/sandbox/log')).body).toMatchObject([{ faults: [] }, { faults: [] }]);
  });

  it('counts the first fault that ends a request, but not those after it', async () => {
    const { client } = await startSandbox();
    await client.faults([
      { kind: 'truncated' },
      { kind: 'answer', body: '{}' },
      { kind: 'reset' },
      { kind: 'malformed' },
    ]);

    await expect(client.get('/v1/journals')).rejects.toThrow();

    const { body } = await client.get<{ faults: { fired: number }[] }>('/sandbox/faults');
    expect(body.faults.map(({ fired }) => fired)).toEqual([1, 1, 0, 0]);
  });

  it('does not count a stream fault when no stream opens', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'cut', count: 1 }]);

    const refused = await client.get('/v2/events/journals/status?since=x');
    const stream = await client.events();

    expect([refused.status, await stream.ended]).toEqual([400, 'cut']);
  });
});
