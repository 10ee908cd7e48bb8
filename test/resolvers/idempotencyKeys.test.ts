import { describe, expect, it } from 'vitest';

import { customer, richCustomers, sweep } from '../kit/accounts.ts';
import { mutate } from '../kit/mutate.ts';
import { startBoth, startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const inputs = {
  createJournal: { jnlc: { fromAccount: sweep, toAccount: customer, amount: '10' } },
  createBatchJournal: { fromAccount: sweep, entries: [{ toAccount: customer, amount: '10' }] },
  createReverseBatchJournal: { toAccount: sweep, entries: [{ fromAccount: richCustomers[0], amount: '10' }] },
} as const;

const keyed = ['createJournal', 'createBatchJournal'] as const;
const all = [...keyed, 'createReverseBatchJournal'] as const;

async function start() {
  const stub = await StubUpstream.start((seen, response) =>
    json(200, seen.url === '/v1/journals' ? wireJNLC() : [wireJNLC()])(seen, response),
  );
  const { url } = await startGateway(stub.url);
  return { stub, url };
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('an idempotency key', () => {
  it.each(
    keyed.flatMap((name) => ['k', 'Payday 2026-10 #7', 'K'.repeat(36), '~!"\\'].map((key) => [name, key] as const)),
  )('of %s, %j, is sent and returned as it was given', async (name, idempotencyKey) => {
    const { stub, url } = await start();

    const result = await mutate(url, name, { input: inputs[name], idempotencyKey });

    expect(result.idempotencyKey).toBe(idempotencyKey);
    const sent = stub.calls.filter(({ method }) => method === 'POST');
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual([idempotencyKey]);
  });

  it.each(keyed.flatMap((name) => [[name, undefined] as const, [name, null] as const]))(
    'of %s is a new UUID at every call where the client gives %s',
    async (name, idempotencyKey) => {
      const { stub, url } = await start();

      const results = await Promise.all([1, 2].map(() => mutate(url, name, { input: inputs[name], idempotencyKey })));

      const [first, second] = results.map((result) => result.idempotencyKey);
      expect(first).toMatch(uuid);
      expect(second).toMatch(uuid);
      expect(first).not.toBe(second);
      expect(stub.calls.map(({ headers }) => headers['idempotency-key']).sort()).toEqual([first, second].sort());
    },
  );

  it.each(['payday', undefined])('of a reverse batch, %s, is returned and never sent', async (idempotencyKey) => {
    const { stub, url } = await start();

    const result = await mutate(url, 'createReverseBatchJournal', {
      input: inputs.createReverseBatchJournal,
      idempotencyKey,
    });

    if (idempotencyKey === undefined) expect(result.idempotencyKey).toMatch(uuid);
    else expect(result.idempotencyKey).toBe(idempotencyKey);
    expect(stub.calls.map(({ headers }) => headers)).not.toMatchObject([{ 'idempotency-key': /./ }]);
    expect(Object.keys(stub.calls[0]?.headers ?? {})).not.toContain('idempotency-key');
  });

  it.each(
    all.flatMap((name) =>
      (name === 'createJournal' ? ['', 'k'.repeat(37), ' k', 'k ', 'a\nb', 'a\u0000b', 'schlüssel', '🔑'] : ['']).map(
        (key) => [name, key] as const,
      ),
    ),
  )('of %s, %j, is refused: it would not arrive unchanged', async (name, idempotencyKey) => {
    const { stub, url } = await start();

    const result = await mutate(url, name, { input: inputs[name], idempotencyKey });

    expect(result).toMatchObject({ __typename: 'InvalidRequestError', issues: [{ path: ['idempotencyKey'] }] });
    expect(stub.calls).toEqual([]);
  });

  it.each(keyed)('of %s, sent again with the same input, brings the same journal as it is now', async (name) => {
    const { gateway } = await startBoth();
    const variables = { input: inputs[name], idempotencyKey: 'again' };

    const first = await mutate(gateway.url, name, variables);
    const second = await mutate(gateway.url, name, variables);

    const idsOf = (result: typeof first) => result.results?.map(({ journal }) => journal.id) ?? [result.journal?.id];
    expect(idsOf(second)).toEqual(idsOf(first));
    expect(idsOf(first)).not.toContain(undefined);
  });

  it.each(keyed)('of %s, used again with another input, is a conflict that names it', async (name) => {
    const { gateway } = await startBoth();
    const others = {
      createJournal: { jnlc: { ...inputs.createJournal.jnlc, amount: '11' } },
      createBatchJournal: { ...inputs.createBatchJournal, description: 'another' },
    };
    await mutate(gateway.url, name, { input: inputs[name], idempotencyKey: 'used' });

    const result = await mutate(gateway.url, name, { input: others[name], idempotencyKey: 'used' });

    expect(result).toMatchObject({ __typename: 'IdempotencyConflictError', idempotencyKey: 'used' });
    expect(result.requestId).not.toBeNull();
  });
});
