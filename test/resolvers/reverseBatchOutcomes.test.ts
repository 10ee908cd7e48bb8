import { request } from 'node:http';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { richCustomers, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { Gate } from '../kit/Gate.ts';
import { closeEachLater } from '../kit/closeLater.ts';
import { mutate } from '../kit/mutate.ts';
import type { MutationResult } from '../kit/mutate.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

import { countCalls } from './kit/countCalls.ts';
import { repeatUntilSettled } from './kit/repeatUntilSettled.ts';

const [payer, otherPayer] = richCustomers;
const input = { toAccount: sweep, entries: [{ fromAccount: payer, amount: '10' }] };
const variables = { input, idempotencyKey: 'key' };
const done = json(200, [wireJNLC({ from_account: payer, to_account: sweep })]);
const reset: Answer = (_seen, response) => void response.destroy();

/** Starts an API that responds to each POST with the next of these answers, and to every other call with 404. */
async function start(...answers: Answer[]) {
  const { stub, url } = await startStubbed((seen, response) => {
    if (seen.method !== 'POST') return json(404, {})(seen, response);
    return (answers.shift() ?? text(500, 'nobody expected this call'))(seen, response);
  });
  const posts = () => stub.calls.filter(({ method }) => method === 'POST').length;
  return { url, posts };
}

describe('a key of createReverseBatchJournal', () => {
  it('returns the same journals on a repeat, and moves the money once', async () => {
    const { gateway } = await startBoth();

    const first = await mutate(gateway.url, 'createReverseBatchJournal', variables);
    const second = await mutate(gateway.url, 'createReverseBatchJournal', variables);
    const { data } = await ask<{ journals: { nodes: unknown[] } }>(gateway.url, '{ journals { nodes { id } } }');

    expect(first.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(second.results?.map(({ journal }) => journal.id)).toEqual(first.results?.map(({ journal }) => journal.id));
    expect(data?.journals.nodes).toHaveLength(1);
  });

  it('is refused with another input', async () => {
    const { url, posts } = await start(done);
    await mutate(url, 'createReverseBatchJournal', variables);

    const result = await mutate(url, 'createReverseBatchJournal', {
      input: { toAccount: sweep, entries: [{ fromAccount: otherPayer, amount: '10' }] },
      idempotencyKey: 'key',
    });

    expect(result).toMatchObject({ __typename: 'IdempotencyConflictError', idempotencyKey: 'key', requestId: null });
    expect(posts()).toBe(1);
  });

  it.each([
    [400, 'InvalidRequestError'],
    [401, 'OtherRefusalError'],
    [404, 'AccountNotFoundError'],
    [422, 'OtherRefusalError'],
    [429, 'RateLimitedError'],
  ])('can be used again after a refusal with status %i', async (status, refusal) => {
    const { url, posts } = await start(json(status, { message: 'no' }), done);

    const first = await mutate(url, 'createReverseBatchJournal', variables);
    const second = await mutate(url, 'createReverseBatchJournal', variables);

    expect(first.__typename).toBe(refusal);
    expect(second.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(posts()).toBe(2);
  });

  it('can be used again if nothing was sent', async () => {
    const { gateway, sandbox } = await startBoth();
    const { port } = sandbox;
    await sandbox.close();

    const first = await mutate(gateway.url, 'createReverseBatchJournal', variables);
    await startSandbox({ port });
    const second = await mutate(gateway.url, 'createReverseBatchJournal', variables);

    expect(first.__typename).toBe('UpstreamUnavailableError');
    expect(second.__typename).toBe('CreateReverseBatchJournalSuccess');
  });

  it('is sent once by two concurrent calls, and both get its answer', async () => {
    const gate = new Gate();
    const { url, posts } = await start(async (seen, response) => {
      await gate.pass();
      return done(seen, response);
    }, reset);
    const first = mutate(url, 'createReverseBatchJournal', variables);
    await gate.reached;
    const twin = mutate(url, 'createReverseBatchJournal', variables);
    // An answer to a later request proves that the second call has arrived.
    await ask(url, '{ __typename }');

    gate.open();

    expect(await twin).toEqual({ ...(await first), replayed: true });
    expect(await first).toMatchObject({ __typename: 'CreateReverseBatchJournalSuccess', replayed: false });
    expect(posts()).toBe(1);
  });

  it('is generated if the client gives none, so that equal batches are both sent', async () => {
    const { url, posts } = await start(done, done);

    const first = await mutate(url, 'createReverseBatchJournal', { input });
    const second = await mutate(url, 'createReverseBatchJournal', { input });

    expect(first.idempotencyKey).not.toBe(second.idempotencyKey);
    expect(posts()).toBe(2);
  });
});

describe('a reverse batch whose answer is lost', () => {
  closeEachLater();

  it.each([
    ['an answer lost after the commit', { kind: 'answerLost' }],
    ['a 503 after the commit', { kind: 'answer', status: 503, when: 'after' }],
    ['an answer that cannot be read', { kind: 'malformed' }],
  ])('because of %s is found by its journals and sent once', async (_label, fault) => {
    const { gateway, sandbox } = await startBoth();
    await breakNext(sandbox, fault);

    const first = await mutate(gateway.url, 'createReverseBatchJournal', pair);
    const second = await mutate(gateway.url, 'createReverseBatchJournal', pair);

    expect(first.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(first.results?.map(({ entryIndex }) => entryIndex).sort()).toEqual([0, 1]);
    expect(idsOf(second)).toEqual(idsOf(first));
    expect(await posted(sandbox)).toEqual({ posts: 1, journals: 2 });
  });

  it('is not reported as not done if it was done, even while the clocks of the API differ', async () => {
    const sandbox = await startSandbox();
    const proxy = await startProxy(sandbox.url, { dateAheadMs: 3_000 });
    const gateway = await startGateway(proxy, {}, { outcomes: { settleMs: 500 } });
    await breakNext(sandbox, { kind: 'answerLost' });

    await mutate(gateway.url, 'createReverseBatchJournal', pair);
    const settled = await repeatUntilSettled(gateway.url, pair);

    expect(settled).toMatchObject({ __typename: 'OutcomeUnknownError', retryAt: null });
  });

  it.concurrent('is first unknown and then not done if it was not processed, and its key stays used', async () => {
    // Longer than the first call waits for readings.
    const { gateway, sandbox } = await startLossy(3_200);
    await breakNext(sandbox, { kind: 'reset' });

    const begunAt = Date.now();
    const first = await mutate(gateway.url, 'createReverseBatchJournal', pair);
    const settled = await repeatUntilSettled(gateway.url, pair);
    const again = await mutate(gateway.url, 'createReverseBatchJournal', { ...pair, idempotencyKey: 'new' });

    expect(first).toMatchObject({ __typename: 'OutcomeUnknownError', idempotencyKey: 'key' });
    expect(Date.parse(first.retryAt ?? '')).toBeGreaterThan(begunAt);
    expect(settled).toMatchObject({
      __typename: 'UpstreamUnavailableError',
      message: 'nothing was done; use a new key',
      retryAt: null,
    });
    expect(again.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(await posted(sandbox)).toEqual({ posts: 2, journals: 2 });
  });

  it.concurrent('does not claim the journals of an equal batch if it was not processed', async () => {
    const { gateway, sandbox } = await startLossy();
    const done = await mutate(gateway.url, 'createReverseBatchJournal', pair);
    await breakNext(sandbox, { kind: 'reset' });

    await mutate(gateway.url, 'createReverseBatchJournal', { ...pair, idempotencyKey: 'other' });
    const other = await repeatUntilSettled(gateway.url, { ...pair, idempotencyKey: 'other' });

    expect(done.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(other.__typename).toBe('UpstreamUnavailableError');
    expect(await posted(sandbox)).toEqual({ posts: 2, journals: 2 });
  });

  it.concurrent('does not claim a journal of createJournal if it was not processed', async () => {
    const { gateway, sandbox } = await startLossy();
    const [entry] = pair.input.entries;
    const single = { input: { toAccount: sweep, entries: [entry] }, idempotencyKey: 'key' };
    await breakNext(sandbox, { kind: 'reset' });

    const lost = mutate(gateway.url, 'createReverseBatchJournal', single);
    const created = await mutate(gateway.url, 'createJournal', { input: { jnlc: { ...entry, toAccount: sweep } } });
    await lost;
    const settled = await repeatUntilSettled(gateway.url, single);

    expect(created.__typename).toBe('CreateJournalSuccess');
    expect(settled).toMatchObject({ __typename: 'UpstreamUnavailableError' });
  });

  it.concurrent('is not reported as not done if it was done, even while its journals cannot be read', async () => {
    const { gateway, sandbox } = await startLossy();
    await control(sandbox, 'PUT', 'faults', {
      faults: [
        { kind: 'answerLost', operations: ['createReverseBatch'], count: 1 },
        { kind: 'answer', status: 404, operations: ['getJournal'] },
      ],
    });

    await mutate(gateway.url, 'createReverseBatchJournal', pair);
    const settled = await repeatUntilSettled(gateway.url, pair);
    await control(sandbox, 'DELETE', 'faults');
    const later = await repeatUntilDone(gateway.url, pair);

    expect(settled).toMatchObject({ __typename: 'OutcomeUnknownError', retryAt: null });
    expect(later.__typename).toBe('CreateReverseBatchJournalSuccess');
  });

  it.concurrent('stays unknown if an equal batch of unknown outcome could own the same journals', async () => {
    const { gateway, sandbox } = await startLossy();
    await control(sandbox, 'PUT', 'faults', {
      faults: [
        { kind: 'answerLost', operations: ['createReverseBatch'], count: 1 },
        { kind: 'reset', operations: ['createReverseBatch'], count: 1 },
      ],
    });
    const twins = ['key', 'other'].map((idempotencyKey) => ({ ...pair, idempotencyKey }));
    await Promise.all(twins.map((twin) => mutate(gateway.url, 'createReverseBatchJournal', twin)));

    const settled = await Promise.all(twins.map((twin) => repeatUntilSettled(gateway.url, twin)));

    const unknown = { __typename: 'OutcomeUnknownError', retryAt: null };
    expect(settled).toMatchObject([unknown, unknown]);
    expect(await posted(sandbox)).toEqual({ posts: 2, journals: 2 });
  });

  it.concurrent('is found even if another lost batch, which was not done, has a similar entry', async () => {
    const { gateway, sandbox } = await startLossy();
    const [done, notDone] = [batchNamed('fee-1'), batchNamed('fee-10')];
    await breakNext(sandbox, { kind: 'reset' });
    const first = mutate(gateway.url, 'createReverseBatchJournal', notDone);
    while ((await posted(sandbox)).posts === 0);
    await breakNext(sandbox, { kind: 'answerLost' });

    await Promise.all([first, mutate(gateway.url, 'createReverseBatchJournal', done)]);

    const settled = await Promise.all([done, notDone].map((batch) => repeatUntilSettled(gateway.url, batch)));
    expect(settled).toMatchObject([
      { __typename: 'CreateReverseBatchJournalSuccess' },
      { __typename: 'UpstreamUnavailableError', message: 'nothing was done; use a new key' },
    ]);
  });

  it.concurrent('is found after a batch in flight with a similar entry has been refused', async () => {
    const gate = new Gate();
    const upstream = await startSandbox();
    const proxy = await startProxy(upstream.url, {
      holdPost: async (body) => {
        if (!body.includes('fee-10')) return false;
        await gate.pass();
        return true;
      },
    });
    const gateway = await startGateway(proxy, {}, { outcomes: { settleMs: 300 } });
    const [done, refused] = [batchOf('done', ['fee-1', 'fee-2']), batchOf('refused', ['fee-10', 'fee-20'])];
    const inFlight = mutate(gateway.url, 'createReverseBatchJournal', refused);
    await gate.reached;
    await breakNext(upstream, { kind: 'answerLost' });

    const waiting = await mutate(gateway.url, 'createReverseBatchJournal', done);
    gate.open();
    const settled = await repeatUntilSettled(gateway.url, done);

    expect(waiting).toMatchObject({ __typename: 'OutcomeUnknownError', retryAt: expect.any(String) as string });
    expect(settled.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect((await inFlight).__typename).toBe('OtherRefusalError');
  });

  it.concurrent(
    'is found by the next gateway even if an older lost batch, which was not done, has a similar entry',
    async () => {
      const [done, notDone] = [batchNamed('fee-1'), batchNamed('fee-10')];

      const settled = await settledByNextGateway([notDone, done], [notDone]);

      expect(settled).toMatchObject([nothingDone, found]);
    },
  );

  it.concurrent(
    'is not done if it was not processed, even if the journals of several other lost batches look like its entries',
    async () => {
      const first = batchOf('first', ['fee-1', 'only first']);
      const second = batchOf('second', ['only second', 'fee-2']);
      const notDone = batchOf('not done', ['fee-11', 'fee-22']);

      const settled = await settledByNextGateway([notDone, first, second], [notDone]);

      expect(settled).toMatchObject([nothingDone, found, found]);
    },
  );

  it.concurrent('is found by the next gateway with the same file and is not sent again', async () => {
    const file = join(await temporaryFolder(), 'outcomes.db');
    const sandbox = await startSandbox();
    const first = await startGateway(sandbox.url, {}, { outcomes: { file } });
    await control(sandbox, 'PUT', 'faults', {
      faults: [
        { kind: 'answerLost', operations: ['createReverseBatch'], count: 1 },
        // No journal can be found before the restart.
        { kind: 'answer', status: 503, operations: ['getJournal'] },
      ],
    });
    const lost = await mutate(first.url, 'createReverseBatchJournal', pair);
    await first.close();
    await control(sandbox, 'DELETE', 'faults');

    const second = await startGateway(sandbox.url, {}, { outcomes: { file } });
    const answered = await repeatUntilSettled(second.url, pair);
    await second.close();
    const third = await startGateway(sandbox.url, {}, { outcomes: { file } });
    const remembered = await mutate(third.url, 'createReverseBatchJournal', pair);

    expect(lost.__typename).toBe('OutcomeUnknownError');
    expect(answered.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(idsOf(remembered)).toEqual(idsOf(answered));
    expect(await posted(sandbox)).toEqual({ posts: 1, journals: 2 });
  });
});

const pair = {
  input: {
    toAccount: sweep,
    entries: [
      { fromAccount: payer, amount: '10.50', description: 'first' },
      { fromAccount: otherPayer, amount: '7' },
    ],
  },
  idempotencyKey: 'key',
};

/** Returns a batch with this key and with descriptions that begin with the key. */
function batchNamed(name: string) {
  return batchOf(name, [`${name}-0`, `${name}-1`]);
}

type NamedBatch = ReturnType<typeof batchOf>;

function batchOf(idempotencyKey: string, descriptions: readonly [string, string]) {
  const entries = [payer, otherPayer].map((fromAccount, index) => {
    return { fromAccount, amount: '1', description: descriptions[index] };
  });
  return { input: { toAccount: sweep, entries }, idempotencyKey };
}

const found = { __typename: 'CreateReverseBatchJournalSuccess' };
const nothingDone = { __typename: 'UpstreamUnavailableError', message: 'nothing was done; use a new key' };

/**
 * Loses the responses to batches one after another, then starts a new gateway, which searches for all batches at once.
 */
async function settledByNextGateway(batches: readonly NamedBatch[], notDone: readonly NamedBatch[]) {
  const file = join(await temporaryFolder(), 'outcomes.db');
  const sandbox = await startSandbox();
  const first = await startGateway(sandbox.url, {}, { outcomes: { file } });
  const lost: Promise<MutationResult>[] = [];
  for (const batch of batches) {
    await breakNext(sandbox, { kind: notDone.includes(batch) ? 'reset' : 'answerLost' });
    lost.push(mutate(first.url, 'createReverseBatchJournal', batch));
    while ((await posted(sandbox)).posts < lost.length);
  }
  await Promise.all(lost);
  await first.close();

  const second = await startGateway(sandbox.url, {}, { outcomes: { file, settleMs: 500 } });
  return Promise.all(batches.map((batch) => repeatUntilSettled(second.url, batch)));
}

/** Starts a sandbox, and a gateway that soon reports lost batches as not done. */
async function startLossy(settleMs = 500) {
  const sandbox = await startSandbox();
  return { sandbox, gateway: await startGateway(sandbox.url, {}, { outcomes: { settleMs } }) };
}

/** Starts a proxy in front of the sandbox. It refuses the batches for which `holdPost` returns true. */
async function startProxy(
  upstreamUrl: string,
  { dateAheadMs = 0, holdPost }: { dateAheadMs?: number; holdPost?: (body: string) => Promise<boolean> },
): Promise<string> {
  const forward: Answer = ({ method, url, headers, body }, response) => {
    const outgoing = request(`${upstreamUrl}${url}`, { method, headers }, (answer) => {
      const date = new Date(Date.now() + dateAheadMs).toUTCString();
      response.writeHead(answer.statusCode ?? 502, { ...answer.headers, date });
      answer.on('error', () => response.destroy()).pipe(response);
    });
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    outgoing.end(body);
  };
  const proxy = await StubUpstream.start(async (seen, response) => {
    const isRefused = seen.method === 'POST' && (await holdPost?.(seen.body));
    return (isRefused ? json(422, {}) : forward)(seen, response);
  }, forward);
  return proxy.url;
}

function breakNext(sandbox: Sandbox, fault: object): Promise<unknown> {
  return control(sandbox, 'PUT', 'faults', { faults: [{ ...fault, operations: ['createReverseBatch'], count: 1 }] });
}

/** Repeats a batch like a client that asks again even after its batch was reported as ambiguous. */
async function repeatUntilDone(url: string, variables: Record<string, unknown>): Promise<MutationResult> {
  for (;;) {
    const result = await mutate(url, 'createReverseBatchJournal', variables);
    if (result.__typename !== 'OutcomeUnknownError') return result;
  }
}

function idsOf({ results = [] }: MutationResult): string[] {
  return results.map(({ journal }) => journal.id).sort();
}

/** Returns the number of reverse batches that the sandbox has received, and the number of its journals. */
async function posted(sandbox: Sandbox): Promise<{ posts: number; journals: number }> {
  const { journals } = await control<{ journals: { total: number } }>(sandbox, 'GET', 'stats');
  return { posts: await countCalls(sandbox, 'createReverseBatch'), journals: journals.total };
}
