import { describe, expect, it } from 'vitest';

import { type ErrorBody, type Journal, ann, bob, cash, sweep } from './kit/journals.ts';
import { type SandboxClient, startSandbox } from './kit/startSandbox.ts';

const key = { 'idempotency-key': '72bdf18f-0000-4000-8000-000000000001' };
const batch = { entry_type: 'JNLC', from_account: sweep, entries: [{ to_account: ann, amount: '10' }] };

async function journalCount(client: SandboxClient): Promise<number> {
  const { body } = await client.get<unknown[]>('/v1/journals');
  return body.length;
}

describe('Idempotency-Key', () => {
  it.each([
    ['/v1/journals', cash()],
    ['/v1/journals/batch', batch],
  ])('on POST %s repeats the first answer byte for byte, although the journal has changed', async (path, body) => {
    const { client } = await startSandbox();

    const first = await client.post(path, body, key);
    await client.post('/sandbox/clock', { advanceMs: 1_000 });
    const second = await client.post(path, body, key);

    expect(second.text).toBe(first.text);
    expect(await journalCount(client)).toBe(1);
  });

  it('compares bodies as JSON, ignoring order, whitespace, escapes and number notation', async () => {
    const { client } = await startSandbox();
    const one = `{"entry_type":"JNLC","from_account":"${sweep}","to_account":"${ann}","amount":10,"description":"é"}`;
    const other = `{ "description": "\\u00e9", "amount": 1.0e1, "to_account": "${ann}",\n "from_account": "${sweep}", "entry_type": "JNLC" }`;

    const first = await client.post('/v1/journals', one, key);
    const second = await client.post('/v1/journals', other, key);

    expect(second.text).toBe(first.text);
  });

  it.each([
    ['another amount', cash({ amount: '11' })],
    ['the amount as a number', cash({ amount: 10 })],
    ['another receiver', cash({ to_account: bob })],
    ['one more field', cash({ note: 'x' })],
  ])("refuses %s under a used key with 422, with the API's message", async (_what, body) => {
    const { client } = await startSandbox();
    await client.post('/v1/journals', cash(), key);

    const reply = await client.post<ErrorBody>('/v1/journals', body, key);

    expect(reply.status).toBe(422);
    expect(reply.body).toEqual({ code: 42210000, message: 'idempotency key reused with a different request body' });
    expect(await journalCount(client)).toBe(1);
  });

  it('is shared by single journals and batches', async () => {
    const { client } = await startSandbox();
    await client.post('/v1/journals', cash(), key);

    const reply = await client.post('/v1/journals/batch', batch, key);

    expect(reply.status).toBe(422);
  });

  it('distinguishes keys', async () => {
    const { client } = await startSandbox();

    await client.post('/v1/journals', cash(), { 'idempotency-key': 'a' });
    await client.post('/v1/journals', cash(), { 'idempotency-key': 'b' });

    expect(await journalCount(client)).toBe(2);
  });

  it('gives twenty concurrent duplicates one journal and one answer', async () => {
    const { client } = await startSandbox();

    const replies = await Promise.all(Array.from({ length: 20 }, () => client.post('/v1/journals', cash(), key)));

    expect(new Set(replies.map(({ text }) => text)).size).toBe(1);
    expect(await journalCount(client)).toBe(1);
  });

  it('makes a duplicate wait while the first is in progress', async () => {
    const { client } = await startSandbox();
    await client.faults([{ kind: 'latency', when: 'after', ms: 200, count: 1 }]);
    const finished: string[] = [];

    await Promise.all(
      ['first', 'second'].map(async (name) => {
        await client.post('/v1/journals', cash(), key);
        finished.push(name);
      }),
    );

    expect(finished).toEqual(['first', 'second']);
    expect(await journalCount(client)).toBe(1);
  });

  it('does not store a refusal, so the same request succeeds once the account has the money', async () => {
    const { client } = await startSandbox();
    const request = cash({ from_account: ann, to_account: sweep });

    const refused = await client.post('/v1/journals', request, key);
    await client.put(`/sandbox/accounts/${ann}`, { cash: { USD: '10' } });
    const accepted = await client.post<Journal>('/v1/journals', request, key);

    expect([refused.status, accepted.status]).toEqual([403, 200]);
  });

  it('may have 128 characters, but not 129', async () => {
    const { client } = await startSandbox();

    const longest = await client.post('/v1/journals', cash(), { 'idempotency-key': 'k'.repeat(128) });
    const tooLong = await client.post<ErrorBody>('/v1/journals', cash(), { 'idempotency-key': 'k'.repeat(129) });

    expect([longest.status, tooLong.status]).toEqual([200, 400]);
    expect(tooLong.body.message).toMatch(/^Idempotency-Key/);
  });
});
