import { describe, expect, it } from 'vitest';

import { richCustomers, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { Gate } from '../kit/Gate.ts';
import { mutate } from '../kit/mutate.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const [payer, otherPayer] = richCustomers;
const input = { toAccount: sweep, entries: [{ fromAccount: payer, amount: '10' }] };
const variables = { input, idempotencyKey: 'key' };
const done = json(200, [wireJNLC({ from_account: payer, to_account: sweep })]);
const reset: Answer = (_seen, response) => void response.destroy();

/** Answers each POST with the next of these, and every other call with 404. */
async function start(...answers: Answer[]) {
  const stub = await StubUpstream.start((seen, response) => {
    if (seen.method !== 'POST') return json(404, {})(seen, response);
    return (answers.shift() ?? text(500, 'nobody expected this call'))(seen, response);
  });
  const { url } = await startGateway(stub.url);
  const posts = () => stub.calls.filter(({ method }) => method === 'POST').length;
  return { url, posts };
}

describe('a key of createReverseBatchJournal', () => {
  it('brings the same journals again, and moves the money once', async () => {
    const { gateway } = await startBoth();

    const first = await mutate(gateway.url, 'createReverseBatchJournal', variables);
    const second = await mutate(gateway.url, 'createReverseBatchJournal', variables);
    const { data } = await ask<{ journals: { nodes: unknown[] } }>(gateway.url, '{ journals { nodes { id } } }');

    expect(first.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(second.results?.map(({ journal }) => journal.id)).toEqual(first.results?.map(({ journal }) => journal.id));
    expect(data?.journals.nodes).toHaveLength(1);
  });

  it('is a conflict with another input', async () => {
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
    ['a reset', reset],
    ['500', json(500, {})],
    ['409', json(409, {})],
    ['an answer that can not be read', text(200, 'thank you')],
  ])('whose answer is lost by %s stays unknown for ever, and is never sent again', async (_label, answer) => {
    const { url, posts } = await start(answer, done);

    const results = [
      await mutate(url, 'createReverseBatchJournal', variables),
      await mutate(url, 'createReverseBatchJournal', variables),
    ];

    const unknown = { __typename: 'OutcomeUnknownError', idempotencyKey: 'key', retryAt: null };
    expect(results).toMatchObject([unknown, unknown]);
    expect(posts()).toBe(1);
  });

  it.each([
    [400, 'InvalidRequestError'],
    [401, 'OtherRefusalError'],
    [404, 'AccountNotFoundError'],
    [422, 'OtherRefusalError'],
    [429, 'RateLimitedError'],
  ])('that was refused with %i may be used again', async (status, refusal) => {
    const { url, posts } = await start(json(status, { message: 'no' }), done);

    const first = await mutate(url, 'createReverseBatchJournal', variables);
    const second = await mutate(url, 'createReverseBatchJournal', variables);

    expect(first.__typename).toBe(refusal);
    expect(second.__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(posts()).toBe(2);
  });

  it('that never left the gateway may be used again', async () => {
    const { gateway, sandbox } = await startBoth();
    const { port } = sandbox;
    await sandbox.close();

    const first = await mutate(gateway.url, 'createReverseBatchJournal', variables);
    await startSandbox({ port });
    const second = await mutate(gateway.url, 'createReverseBatchJournal', variables);

    expect(first.__typename).toBe('UpstreamUnavailableError');
    expect(second.__typename).toBe('CreateReverseBatchJournalSuccess');
  });

  it('is sent once for twins, and both get its answer', async () => {
    const gate = new Gate();
    const { url, posts } = await start(async (seen, response) => {
      await gate.pass();
      return done(seen, response);
    }, reset);
    const first = mutate(url, 'createReverseBatchJournal', variables);
    await gate.reached;
    const twin = mutate(url, 'createReverseBatchJournal', variables);
    // Whoever is answered later has come later: the twin is there.
    await ask(url, '{ __typename }');

    gate.open();

    expect(await twin).toEqual(await first);
    expect((await first).__typename).toBe('CreateReverseBatchJournalSuccess');
    expect(posts()).toBe(1);
  });

  it('is made anew where the client gives none, so that equal batches are both sent', async () => {
    const { url, posts } = await start(done, done);

    const first = await mutate(url, 'createReverseBatchJournal', { input });
    const second = await mutate(url, 'createReverseBatchJournal', { input });

    expect(first.idempotencyKey).not.toBe(second.idempotencyKey);
    expect(posts()).toBe(2);
  });
});
