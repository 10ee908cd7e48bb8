import { describe, expect, it } from 'vitest';

import { ask } from '../kit/ask.ts';
import { mutate } from '../kit/mutate.ts';
import { startBoth, startGateway } from '../kit/startGateway.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import type { StubUpstream } from '../kit/StubUpstream.ts';
import { json } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

import { all, inputs, keyed } from './kit/inputs.ts';

const start = () =>
  startStubbed((seen, response) =>
    json(200, seen.url === '/v1/journals' ? wireJNLC() : [wireJNLC(), wireJNLC()])(seen, response),
  );

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const derived = /^d6a1c0de-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe('a key that is longer than the API will accept', () => {
  const sentBy = async (url: string, stub: StubUpstream, name: 'createJournal' | 'createBatchJournal', key: string) => {
    const before = stub.calls.length;
    const result = await mutate(url, name, { input: inputs[name], idempotencyKey: key });
    expect(result.idempotencyKey).toBe(key);
    return String(stub.calls.slice(before).find(({ method }) => method === 'POST')?.headers['idempotency-key']);
  };

  it.each(keyed.flatMap((name) => [37, 128].map((length) => [name, length] as const)))(
    'of %s with %i characters is sent as a UUID that is always the same, and returned unchanged',
    async (name, length) => {
      const { stub, url } = await start();
      const { url: otherUrl } = await startGateway(stub.url);
      const key = 'K'.repeat(length);

      const sent = await sentBy(url, stub, name, key);

      expect(sent).toMatch(derived);
      expect(await sentBy(otherUrl, stub, name, key)).toBe(sent);
      expect(await sentBy(url, stub, name, `${key.slice(1)}k`)).not.toBe(sent);
    },
  );

  it('does not collide with its own UUID used as a key, in any case', async () => {
    const { stub, url } = await start();
    const sent = await sentBy(url, stub, 'createJournal', 'a'.repeat(40));

    const others = [
      await sentBy(url, stub, 'createJournal', sent),
      await sentBy(url, stub, 'createJournal', sent.toUpperCase()),
    ];

    expect(new Set([sent, ...others].map((key) => key.toLowerCase())).size).toBe(3);
    for (const other of others) expect(other).toMatch(derived);
  });

  it('returns the same journal again, and is named in a conflict with another input', async () => {
    const { gateway } = await startBoth();
    const idempotencyKey = `payday ${'7'.repeat(100)}`;
    const first = await mutate(gateway.url, 'createJournal', { input: inputs.createJournal, idempotencyKey });
    const again = await mutate(gateway.url, 'createJournal', { input: inputs.createJournal, idempotencyKey });

    const input = { jnlc: { ...inputs.createJournal.jnlc, amount: '11' } };
    const conflict = await mutate(gateway.url, 'createJournal', { input, idempotencyKey });

    expect(again).toMatchObject({ idempotencyKey, journal: { id: first.journal?.id } });
    expect(conflict).toMatchObject({ __typename: 'IdempotencyConflictError', idempotencyKey });
    expect(conflict.message).not.toMatch(/d6a1c0de/);
  });

  it('replaces its UUID in the message of a conflict', async () => {
    const { url } = await startStubbed((seen, response) =>
      json(422, { message: `idempotency key ${String(seen.headers['idempotency-key'])} was reused` })(seen, response),
    );
    const idempotencyKey = 'k'.repeat(60);

    const result = await mutate(url, 'createJournal', { input: inputs.createJournal, idempotencyKey });

    expect(result).toMatchObject({ idempotencyKey, message: `idempotency key ${idempotencyKey} was reused` });
  });

  it('is in the error of a lost answer, unchanged', async () => {
    const { url } = await startStubbed(json(500, {}));
    const idempotencyKey = 'k'.repeat(128);

    const result = await mutate(url, 'createBatchJournal', { input: inputs.createBatchJournal, idempotencyKey });

    expect(result).toMatchObject({ __typename: 'OutcomeUnknownError', idempotencyKey });
  });

  it('of a reverse batch is a key of its own, returns its outcome again and conflicts with another input', async () => {
    const { gateway } = await startBoth();
    const input = inputs.createReverseBatchJournal;
    const keys = ['a', 'b'].map((end) => 'k'.repeat(127) + end);
    const create = (idempotencyKey: string | undefined, more = {}) =>
      mutate(gateway.url, 'createReverseBatchJournal', { input: { ...input, ...more }, idempotencyKey });

    const [first, other] = [await create(keys[0]), await create(keys[1])];

    const idOf = (result: typeof first) => result.results?.[0]?.journal.id;
    expect(first).toMatchObject({ __typename: 'CreateReverseBatchJournalSuccess', idempotencyKey: keys[0] });
    expect(idOf(other)).not.toBe(idOf(first));
    expect(idOf(await create(keys[0]))).toBe(idOf(first));
    const entries = [{ ...input.entries[0], amount: '11' }];
    expect(await create(keys[0], { entries })).toMatchObject({
      __typename: 'IdempotencyConflictError',
      idempotencyKey: keys[0],
    });
  });

  it('is in its events unchanged, and is missing from those of another gateway', async () => {
    const { gateway, sandbox } = await startBoth();
    const other = await startGateway(sandbox.url);
    const idempotencyKey = 'k'.repeat(100);
    const created = await mutate(gateway.url, 'createJournal', { input: inputs.createJournal, idempotencyKey });
    const query = `{ journalStatusEvents(since: "2020-01-01T00:00:00Z", first: 1,
      filter: { journalId: ["${created.journal?.id}"] }) { nodes { idempotencyKey idempotencyKeyType } } }`;
    const eventsWith = (key: string | null) => ({
      journalStatusEvents: { nodes: [{ idempotencyKey: key, idempotencyKeyType: 'SINGLE' }] },
    });

    expect((await ask(gateway.url, query)).data).toEqual(eventsWith(idempotencyKey));
    expect((await ask(other.url, query)).data).toEqual(eventsWith(null));
  });
});

describe('an idempotency key', () => {
  it.each(
    keyed.flatMap((name) => ['k', 'Payday 2026-10 #7', 'K'.repeat(36), '~!"\\'].map((key) => [name, key] as const)),
  )('of %s that is %j is sent and returned unchanged', async (name, idempotencyKey) => {
    const { stub, url } = await start();

    const result = await mutate(url, name, { input: inputs[name], idempotencyKey });

    expect(result.idempotencyKey).toBe(idempotencyKey);
    const sent = stub.calls.filter(({ method }) => method === 'POST');
    expect(sent.map(({ headers }) => headers['idempotency-key'])).toEqual([idempotencyKey]);
  });

  it.each(keyed.flatMap((name) => [[name, undefined] as const, [name, null] as const]))(
    'of %s is a new UUID for every call if the client gives %s',
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

  it.each(['payday', undefined])('of a reverse batch that is %s is returned and never sent', async (idempotencyKey) => {
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
      (name === 'createJournal' ? ['', 'k'.repeat(129), ' k', 'k ', 'a\nb', 'a\u0000b', 'schlüssel', '🔑'] : ['']).map(
        (key) => [name, key] as const,
      ),
    ),
  )('of %s that is %j is refused, because it would not arrive unchanged', async (name, idempotencyKey) => {
    const { stub, url } = await start();

    const result = await mutate(url, name, { input: inputs[name], idempotencyKey });

    expect(result).toMatchObject({ __typename: 'InvalidRequestError', issues: [{ path: ['idempotencyKey'] }] });
    expect(stub.calls).toEqual([]);
  });

  it.each(keyed)(
    'of %s that is sent again with the same input returns the current state of the same journal',
    async (name) => {
      const { gateway } = await startBoth();
      const variables = { input: inputs[name], idempotencyKey: 'again' };

      const first = await mutate(gateway.url, name, variables);
      const second = await mutate(gateway.url, name, variables);

      const idsOf = (result: typeof first) => result.results?.map(({ journal }) => journal.id) ?? [result.journal?.id];
      expect(idsOf(second)).toEqual(idsOf(first));
      expect(idsOf(first)).not.toContain(undefined);
    },
  );

  it.each(keyed)('of %s that is used again with another input is named in a conflict', async (name) => {
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
