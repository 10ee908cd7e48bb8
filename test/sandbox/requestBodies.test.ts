import { describe, expect, it } from 'vitest';

import { type ErrorBody, ann, cash, shares, sweep } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
const opening = `{"entry_type":"JNLC","from_account":"${sweep}","to_account":"${ann}"`;

describe('a request body', () => {
  it.each([
    ['a description', cash({ description: 'a\0b' }), 'description'],
    ['a description with half of a surrogate pair', cash({ description: 'x\ud800y' }), 'description'],
    ['a symbol', shares({ symbol: 'AAPL\0x' }), 'symbol'],
    ['a transmitter', cash({ transmitter_name: '\0' }), 'transmitter_name'],
  ])(
    'with a character that cannot be stored in %s is refused with the name of the field',
    async (_where, request, field) => {
      const { client } = await startSandbox();

      const { status, body } = await client.post<ErrorBody>('/v1/journals', request);

      expect([status, body.message]).toEqual([400, `${field} must not contain U+0000 or an unpaired surrogate`]);
    },
  );

  it('may contain any other character', async () => {
    const { client } = await startSandbox();

    const created = await client.post<{ id: string }>('/v1/journals', cash({ description: 'é😀\u0001\uffff' }));
    const read = await client.get(`/v1/journals/${created.body.id}`);

    expect(read.body).toMatchObject({ description: 'é😀\u0001\uffff' });
  });

  it.each([
    ['a leading zero', `${opening},"amount":01}`],
    ['a leading zero behind a sign', `${opening},"amount":-01}`],
    ['a point without digits', `${opening},"amount":1.}`],
    ['a string without an end, full of escaped quotes', `${opening},"x":1,"description":"${'\\"'.repeat(60_000)}`],
  ])('is refused as invalid JSON for %s', { timeout: 2_000 }, async (_what, request) => {
    const { client } = await startSandbox();

    const { status, body } = await client.post<ErrorBody>('/v1/journals', request);

    expect([status, body.message]).toEqual([400, 'request body must be JSON']);
  });

  it.each([
    [98, 200],
    [20_000, 400],
  ])('nested %d levels deep is answered %d, also with an idempotency key', async (levels, status) => {
    const { client } = await startSandbox();
    const request = `${opening},"amount":"1","x":${nested(levels)}}`;

    const replies = [
      await client.post('/v1/journals', request),
      await client.post('/v1/journals', request, { 'idempotency-key': 'k' }),
    ];

    expect(replies.map((reply) => reply.status)).toEqual([status, status]);
  });

  it('of twelve megabytes is refused for its overlong field', async () => {
    const { client } = await startSandbox();
    const request = cash({ amount: 1, description: 'x'.repeat(12_000_000) });

    const { status, body } = await client.post<ErrorBody>('/v1/journals', request);

    expect([status, body.message]).toEqual([400, 'description must have at most 1024 characters']);
  });

  it('may contain text that looks like an internal number placeholder', async () => {
    const { client } = await startSandbox();

    const { status, body } = await client.post<ErrorBody>('/v1/journals', `${opening},"n":1,"amount":{"\\u0000":"7"}}`);

    expect([status, body.message]).toEqual([400, expect.stringMatching(/^amount must be a decimal/)]);
  });
});
