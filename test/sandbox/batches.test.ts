import { describe, expect, it } from 'vitest';

import type { WireStatusEvent } from '../../src/upstream/wire/apiBodies.ts';
import { type BatchJournal, type ErrorBody, ann, bob, cid, dan, eve, fay, sweep } from './kit/journals.ts';
import { type SandboxClient, startSandbox } from './kit/startSandbox.ts';

const sample = {
  entry_type: 'JNLC',
  from_account: sweep,
  entries: [
    { to_account: ann, amount: '10' },
    { to_account: bob, amount: '100' },
    { to_account: cid, amount: '1000' },
  ],
};

const reverseSample = {
  entry_type: 'JNLC',
  to_account: sweep,
  entries: [
    { from_account: dan, amount: '10' },
    { from_account: eve, amount: '100' },
    { from_account: fay, amount: '100' },
  ],
};

const refusedFixture = '/fixtures/status=refused/fixtures/';

async function journalCount(client: SandboxClient): Promise<number> {
  const { body } = await client.get<unknown[]>('/v1/journals');
  return body.length;
}

describe('POST /v1/journals/batch', () => {
  it("responds to the API documentation's sample with one journal per entry, in order", async () => {
    const { client } = await startSandbox();

    const { status, body } = await client.post<BatchJournal[]>('/v1/journals/batch', sample);

    expect(status).toBe(200);
    expect(body.map((item) => [item.to_account, item.net_amount, item.status, item.error_message])).toEqual([
      [ann, '10', 'queued', ''],
      [bob, '100', 'pending', ''],
      [cid, '1000', 'pending', ''],
    ]);
  });

  it.each([
    ['JNLS', { entry_type: 'JNLS' }, /^entry_type/],
    ['no from_account', { from_account: undefined }, /^from_account/],
    ['no entries', { entries: undefined }, /^entries/],
    ['an empty list of entries', { entries: [] }, /^entries/],
    ['entries that are not a list', { entries: {} }, /^entries/],
    ['an entry that is not an object', { entries: ['x'] }, /^entries\[0\]/],
    ['a bad amount', { entries: [sample.entries[0], { to_account: bob, amount: 'x' }] }, /^entries\[1\]\.amount/],
    ['a bad account', { entries: [{ to_account: 'x', amount: '1' }] }, /^entries\[0\]\.to_account/],
    [
      'two currencies',
      { entries: [sample.entries[0], { to_account: bob, amount: '1', currency: 'EUR' }] },
      /^entries\[1\]\.currency/,
    ],
    [
      'an entry in EUR next to an entry without a currency, which is in the system currency',
      { entries: [{ to_account: bob, amount: '1', currency: 'EUR' }, sample.entries[0]] },
      /^entries\[1\]\.currency/,
    ],
    ['a currency outside the entries', { currency: 'EUR' }, /^currency/],
  ])('refuses %s with 400, naming the field', async (_what, changes, message) => {
    const { client } = await startSandbox();

    const reply = await client.post<ErrorBody>('/v1/journals/batch', { ...sample, ...changes });

    expect(reply.status).toBe(400);
    expect(reply.body.message).toMatch(message);
    expect(await journalCount(client)).toBe(0);
  });

  it.each([
    ['goes to an unknown account', { to_account: '00000000-1111-4222-8333-444444444444', amount: '1' }, 404],
    ['goes to an account of the wrong kind', { to_account: sweep, amount: '1' }, 403],
    ['needs more cash than the earlier entries leave', { to_account: ann, amount: '49999' }, 403],
  ])('creates nothing if one entry %s', async (_what, entry, status) => {
    const { client } = await startSandbox();

    const reply = await client.post('/v1/journals/batch', { ...sample, entries: [...sample.entries, entry] });

    expect(reply.status).toBe(status);
    expect(await journalCount(client)).toBe(0);
  });

  it.each([
    ['ignores', 'by default', {}, ['own', '']],
    ['copies', 'to entries without one if it imitates older hosts', { batchDescription: 'copied' }, ['own', 'all']],
  ] as const)('%s the description of the whole batch %s', async (_verb, _how, options, expected) => {
    const { client } = await startSandbox(options);
    const entries = [
      { to_account: ann, amount: '1', description: 'own' },
      { to_account: bob, amount: 2 },
    ];

    const { body } = await client.post<BatchJournal[]>('/v1/journals/batch', {
      ...sample,
      description: 'all',
      entries,
    });

    expect(body.map(({ description }) => description)).toEqual(expected);
  });

  it('refuses an entry with a refusing fixture after it has queued the other entries, and its event has the reason', async () => {
    const { client } = await startSandbox({ settleDelayMs: 0 });
    const stream = await client.events();
    const entries = [
      { to_account: ann, amount: '1' },
      { to_account: bob, amount: '2', description: refusedFixture },
    ];

    const { body } = await client.post<BatchJournal[]>('/v1/journals/batch', { ...sample, entries });

    expect(body.map(({ status, error_message }) => [status, error_message !== ''])).toEqual([
      ['queued', false],
      ['refused', true],
    ]);
    const events = await stream.first(4);
    const refused = events.find((event): event is WireStatusEvent => event.journal_id === body[1]?.id);
    expect(refused).toMatchObject({ status_to: 'refused', batch_error_message: body[1]?.error_message });
    expect((await client.get(`/v1/accounts/${bob}`)).body).toMatchObject({ cash: '0' });
  });

  it('counts each entry separately towards the daily limit', async () => {
    const { client } = await startSandbox({ firmDailyLimit: '15' });
    const entries = [ann, bob, cid].map((to_account) => ({ to_account, amount: '10' }));

    const { body } = await client.post<BatchJournal[]>('/v1/journals/batch', { ...sample, entries });

    expect(body.map(({ status }) => status)).toEqual(['queued', 'pending', 'pending']);
  });

  it('returns the journals in a shuffled order if batchOrderSeed is set', async () => {
    const { client } = await startSandbox({ batchOrderSeed: 3 });
    const entries = Array.from({ length: 10 }, (_, index) => ({ to_account: ann, amount: String(index + 1) }));

    const { body } = await client.post<BatchJournal[]>('/v1/journals/batch', { ...sample, entries });

    const amounts = body.map(({ net_amount }) => Number(net_amount));
    expect(amounts).not.toEqual(entries.map(({ amount }) => Number(amount)));
    expect(amounts.toSorted((left, right) => left - right)).toEqual(entries.map(({ amount }) => Number(amount)));
  });
});

describe('POST /v1/journals/reverse_batch', () => {
  it("responds to the API documentation's sample with one journal per entry, in order", async () => {
    const { client } = await startSandbox();

    const { status, body } = await client.post<BatchJournal[]>('/v1/journals/reverse_batch', reverseSample);

    expect(status).toBe(200);
    expect(body.map((item) => [item.from_account, item.to_account, item.net_amount])).toEqual([
      [dan, sweep, '10'],
      [eve, sweep, '100'],
      [fay, sweep, '100'],
    ]);
    for (const journal of body) expect(journal).not.toHaveProperty('error_message');
  });

  it('uses the currency of the batch for all entries', async () => {
    const { client } = await startSandbox();
    for (const account of [dan, eve]) await client.put(`/sandbox/accounts/${account}`, { cash: { EUR: '5' } });
    const entries = [dan, eve].map((from_account) => ({ from_account, amount: '5' }));

    const request = { ...reverseSample, currency: 'EUR', entries };
    const { body } = await client.post<BatchJournal[]>('/v1/journals/reverse_batch', request);

    expect(body.map(({ currency }) => currency)).toEqual(['EUR', 'EUR']);
  });

  it('refuses a currency in an entry', async () => {
    const { client } = await startSandbox();
    const entries = [{ from_account: dan, amount: '5', currency: 'EUR' }];

    const reply = await client.post<ErrorBody>('/v1/journals/reverse_batch', { ...reverseSample, entries });

    expect([reply.status, reply.body.message]).toEqual([400, expect.stringMatching(/^entries\[0\]\.currency/)]);
  });

  it('names the sender of a failed entry in its error message, not the receiver', async () => {
    const { client } = await startSandbox();
    const entries = [{ from_account: dan, amount: '5', description: refusedFixture }];

    const { body } = await client.post<BatchJournal[]>('/v1/journals/reverse_batch', { ...reverseSample, entries });

    expect(body[0]?.error_message).toContain(dan);
    expect(body[0]?.error_message).not.toContain(sweep);
  });

  it('creates nothing if one sender has too little cash', async () => {
    const { client } = await startSandbox();

    const entries = [...reverseSample.entries, { from_account: ann, amount: '1' }];
    const reply = await client.post<ErrorBody>('/v1/journals/reverse_batch', { ...reverseSample, entries });

    expect(reply.status).toBe(403);
    expect(reply.body.message).toBe('transferable balance is insufficient');
    expect(await journalCount(client)).toBe(0);
  });

  it('ignores an idempotency key: a repeated request moves the money again', async () => {
    const { client } = await startSandbox();

    const key = { 'idempotency-key': 'once' };
    const first = await client.post<BatchJournal[]>('/v1/journals/reverse_batch', reverseSample, key);
    const second = await client.post<BatchJournal[]>('/v1/journals/reverse_batch', reverseSample, key);

    expect(second.body[0]?.id).not.toBe(first.body[0]?.id);
    expect(await journalCount(client)).toBe(6);
  });
});
