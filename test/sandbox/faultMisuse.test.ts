import { describe, expect, it } from 'vitest';

import type { ErrorBody } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

describe('PUT /sandbox/faults', () => {
  it.each([
    [{ kind: 'reset', probabilty: 0.5 }, 'probabilty'],
    [{ kind: 'reset', ms: 5 }, 'ms'],
    [{ kind: 'reset', count: 0.5 }, 'count'],
    [{ kind: 'reset', skip: 1.5 }, 'skip'],
    [{ kind: 'cut', after: 0.5 }, 'after'],
    [{ kind: 'answer', body: {} }, 'body'],
    [{ kind: 'answer', contentType: 1 }, 'contentType'],
    [{ kind: 'answer', contentType: 'text/html\n' }, 'contentType'],
    [{ kind: 'answer', headers: 'x' }, 'headers'],
    [{ kind: 'answer', headers: { 'a b': 'c' } }, 'headers.a b'],
    [{ kind: 'answer', headers: { a: 'b\r\nc: d' } }, 'headers.a'],
    [{ kind: 'answer', headers: { a: {} } }, 'headers.a'],
    [{ kind: 'rateLimited', retryAfter: 'yes' }, 'retryAfter'],
    [{ kind: 'latency', minMs: 5, maxMs: 4 }, 'minMs'],
    [{ kind: 'latency', ms: 5, meanMs: 4 }, 'meanMs'],
    [{ kind: 'latency', ms: 2 ** 31 }, 'ms'],
    [{ kind: 'slowBody', ms: 2 ** 31 }, 'ms'],
    [{ kind: 'cut', operations: ['createJournal'] }, 'operations'],
    [{ kind: 'truncated', operations: ['eventsV2'] }, 'operations'],
    [{ kind: 'answer', when: 'after', operations: ['listJournals', 'eventsV1'] }, 'operations'],
    [{ kind: 'disorderedIds', operations: ['createJournal'] }, 'operations'],
  ])('refuses %j, naming the field', async (fault, field) => {
    const { client } = await startSandbox();

    const { status, body } = await client.put<ErrorBody>('/sandbox/faults', { faults: [fault] });

    expect(status).toBe(400);
    expect(body.message.replace('.a b', '.a_b').split(/[ :]/)[0]).toBe(`faults[0].${field.replace(' ', '_')}`);
  });

  it.each([
    [{ seeds: 1 }, /^seeds/],
    [{ seed: 0.5 }, /^seed/],
  ])('refuses %j, naming the field', async (request, message) => {
    const { client } = await startSandbox();

    const { status, body } = await client.put<ErrorBody>('/sandbox/faults', request);

    expect([status, body.message]).toEqual([400, expect.stringMatching(message)]);
  });
});

describe('POST /sandbox/streams', () => {
  it('refuses an unknown field', async () => {
    const { client } = await startSandbox();

    const { status, body } = await client.post<ErrorBody>('/sandbox/streams', { kind: 'cut', count: 1 });

    expect([status, body.message]).toEqual([400, expect.stringMatching(/^count/)]);
  });
});
