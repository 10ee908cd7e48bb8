import { describe, expect, it } from 'vitest';

import { control } from '../kit/control.ts';
import { mutate } from '../kit/mutate.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

import { all, inputs, keyed } from './kit/inputs.ts';

const operations = { createJournal: 'createJournal', createBatchJournal: 'createBatch' } as const;
const hour = 3_600_000; // ms

async function replayed(url: string, name: (typeof all)[number], idempotencyKey?: string): Promise<unknown> {
  const result = await mutate(url, name, { input: inputs[name], idempotencyKey });
  return result.__typename.endsWith('Success') ? result.replayed : result.__typename;
}

describe('replayed', () => {
  it.each(all)('is false for the first call of %s and true for a repeat', async (name) => {
    const { gateway } = await startBoth();

    expect(await replayed(gateway.url, name, 'key')).toBe(false);
    expect(await replayed(gateway.url, name, 'key')).toBe(true);
    expect(await replayed(gateway.url, name, 'another')).toBe(false);
  });

  it.each(all)('is false for calls of %s with a generated key', async (name) => {
    const { gateway } = await startBoth();

    expect(await Promise.all([1, 2].map(() => replayed(gateway.url, name)))).toEqual([false, false]);
  });

  it.each(all)('is false for one of several concurrent calls of %s and true for the others', async (name) => {
    const { gateway } = await startBoth();

    const told = await Promise.all([1, 2, 3].map(() => replayed(gateway.url, name, 'key')));

    expect(told.sort()).toEqual([false, true, true]);
  });

  it.each(keyed)(
    'is true for %s at a gateway that has not seen the key, because of the date of the journal',
    async (name) => {
      const { gateway, sandbox } = await startBoth({ clockMode: 'manual' });
      const other = await startGateway(sandbox.url);
      await replayed(gateway.url, name, 'key');
      await control(sandbox, 'POST', 'clock', { advanceMs: hour });

      expect(await replayed(other.url, name, 'key')).toBe(true);
      expect(await replayed(other.url, name, 'another')).toBe(false);
    },
  );

  it.each([5 * hour, -5 * hour])('uses the clock of the API, which is %i ms ahead', async (aheadMs) => {
    const sandbox = await startSandbox({ clock: () => Date.now() + aheadMs });
    const { url } = await startGateway(sandbox.url);

    for (const name of keyed) {
      expect(await replayed(url, name, `key of ${name}`)).toBe(false);
      expect(await replayed(url, name, `key of ${name}`)).toBe(true);
    }
  });

  it.each(keyed)('is false if the first attempt of %s moved the money and a retry was answered', async (name) => {
    const { gateway, sandbox } = await startBoth();
    const faults = [{ kind: 'answerLost', operations: [operations[name]], count: 1 }];
    await control(sandbox, 'PUT', 'faults', { faults });

    expect(await replayed(gateway.url, name, 'key')).toBe(false);
  });

  it.each(keyed)('is true if an earlier call of %s, whose answer was lost, moved the money', async (name) => {
    const { gateway, sandbox } = await startBoth({ clockMode: 'manual' });
    await control(sandbox, 'PUT', 'faults', { faults: [{ kind: 'answerLost', operations: [operations[name]] }] });
    expect(await replayed(gateway.url, name, 'key')).toBe('OutcomeUnknownError');
    await control(sandbox, 'DELETE', 'faults');
    await control(sandbox, 'POST', 'clock', { advanceMs: 10_000 });

    expect(await replayed(gateway.url, name, 'key')).toBe(true);
  });

  it.each(keyed)('is false if the earlier call of %s with the key was refused', async (name) => {
    let isRefused = true;
    const { url } = await startStubbed((seen, response) => {
      const made = wireJNLC({ created_at: new Date().toISOString() });
      const body = name === 'createJournal' || seen.method === 'GET' ? made : [made, made];
      return (isRefused ? json(403, { message: 'insufficient balance' }) : json(200, body))(seen, response);
    });
    expect(await replayed(url, name, 'key')).toBe('InsufficientBalanceError');
    isRefused = false;

    expect(await replayed(url, name, 'key')).toBe(false);
  });

  it.each<[string, boolean | null, number | null]>([
    ['without a date', null, null],
    ['dated a day ago', true, -24 * hour],
    ['dated half a minute ago', null, -30_000],
    ['dated an hour ahead', false, hour],
  ])('for a journal %s and a new key is %j', async (_label, expected, aheadMs) => {
    const { url } = await startStubbed((seen, response) => {
      const created_at = aheadMs === null ? null : new Date(Date.now() + aheadMs).toISOString();
      const body = seen.url.endsWith('/batch') ? [1, 2].map(() => wireJNLC({ created_at })) : wireJNLC({ created_at });
      return json(200, body)(seen, response);
    });

    for (const name of keyed) {
      expect(await replayed(url, name)).toBe(false);
      expect(await replayed(url, name, `key of ${name}`)).toBe(expected);
      expect(await replayed(url, name, `key of ${name}`)).toBe(true);
    }
  });

  it('is derived from a read if only the read returns the date of the journal', async () => {
    const { url } = await startStubbed((seen, response) => {
      const created_at = seen.method === 'GET' ? '2026-01-01T00:00:00Z' : null;
      return json(200, wireJNLC({ created_at }))(seen, response);
    });

    expect(await replayed(url, 'createJournal', 'key')).toBe(true);
  });

  it('is false if an old key returns another journal than before', async () => {
    let made = 0;
    const { url } = await startStubbed((seen, response) => {
      if (seen.method === 'POST') made += 1;
      const id = `6d2cba43-cb57-4534-9603-00000000000${made}`;
      return json(200, { ...wireJNLC({ created_at: new Date().toISOString() }), id })(seen, response);
    });

    // If the API has forgotten the key, the money has moved again.
    expect(await replayed(url, 'createJournal', 'key')).toBe(false);
    expect(await replayed(url, 'createJournal', 'key')).toBe(false);
  });

  it('is false for a reverse batch whose answer was lost and whose journals were found', async () => {
    const { gateway, sandbox } = await startBoth();
    await control(sandbox, 'PUT', 'faults', { faults: [{ kind: 'answerLost', operations: ['createReverseBatch'] }] });

    expect(await replayed(gateway.url, 'createReverseBatchJournal', 'key')).toBe(false);
    expect(await replayed(gateway.url, 'createReverseBatchJournal', 'key')).toBe(true);
  });
});
