import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, sweep, unknownAccount } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { mutate } from '../kit/mutate.ts';
import { startBoth } from '../kit/startGateway.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { subscribe } from '../kit/subscribe.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

interface Changed {
  journalStatusChanged: { statusTo: string };
}

const jnlc = { fromAccount: sweep, toAccount: customer, amount: '10' };
const jnls = { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '2' };

async function answered(answer: Answer, input: object = { jnlc }) {
  const { url } = await startStubbed(answer);
  return mutate(url, 'createJournal', { input, idempotencyKey: 'key' });
}

describe('createJournal', () => {
  it.each([
    ['JNLC', { code: 40_310_000, message: 'insufficient balance' }, 'InsufficientBalanceError'],
    ['JNLS', { code: 40_310_000, message: 'insufficient qty available' }, 'InsufficientAssetsError'],
    ['JNLC', { code: 40_310_000, message: 'account is restricted to liquidation' }, 'OtherRefusalError'],
    ['JNLS', { code: 40_310_000, message: 'forbidden' }, 'OtherRefusalError'],
    ['JNLC', { code: 40_310_000, message: 'insufficient permissions' }, 'OtherRefusalError'],
  ])("turns a 403 for a %s with %j into %s with the API's message and code", async (type, body, expected) => {
    const input = type === 'JNLC' ? { jnlc } : { jnls };

    const result = await answered(json(403, body, { 'x-request-id': 'request-1' }), input);

    expect(result).toMatchObject({
      __typename: expected,
      message: body.message,
      upstreamCode: 40_310_000,
      requestId: 'request-1',
    });
  });

  it.each([
    [400, { message: 'symbol is unknown' }, { __typename: 'InvalidRequestError', issues: [{ path: ['input'] }] }],
    [401, { message: 'unauthorized' }, { __typename: 'OtherRefusalError', message: 'unauthorized' }],
    [404, { message: `account ${customer} not found` }, { __typename: 'AccountNotFoundError', accountIds: [customer] }],
    [404, {}, { __typename: 'AccountNotFoundError', accountIds: [] }],
    [422, { message: 'idempotency key reused' }, { __typename: 'IdempotencyConflictError', idempotencyKey: 'key' }],
    [422, { message: 'API key is not enabled for journals' }, { __typename: 'OtherRefusalError' }],
    [422, { message: 'market is closed' }, { __typename: 'OtherRefusalError', message: 'market is closed' }],
    [418, { message: 'a teapot' }, { __typename: 'OtherRefusalError', message: 'a teapot', upstreamCode: null }],
    [500, { message: 'oops' }, { __typename: 'OutcomeUnknownError', idempotencyKey: 'key', message: 'HTTP 500: oops' }],
    [409, { message: 'twin' }, { __typename: 'OutcomeUnknownError', idempotencyKey: 'key' }],
  ])('turns %i %j into %j', async (status, body, expected) => {
    expect(await answered(json(status, body))).toMatchObject(expected);
  });

  it('returns the time to retry after a 429', async () => {
    const before = Date.now();

    const result = await answered(json(429, {}, { 'retry-after': '120' }));

    expect(result).toMatchObject({ __typename: 'RateLimitedError' });
    expect(Date.parse(result.retryAt ?? '')).toBeGreaterThanOrEqual(before + 119_000);
  });

  it('returns OutcomeUnknownError with a time to retry if the answer is lost', async () => {
    const before = Date.now();

    const result = await answered((_seen, response) => void response.destroy());

    expect(result).toMatchObject({ __typename: 'OutcomeUnknownError', idempotencyKey: 'key', requestId: null });
    expect(Date.parse(result.retryAt ?? '')).toBeGreaterThan(before);
  });

  it('reports that nothing was sent if the API cannot be reached', async () => {
    const { gateway, sandbox } = await startBoth();
    await sandbox.close();

    const result = await mutate(gateway.url, 'createJournal', { input: { jnlc } });

    expect(result.__typename).toBe('UpstreamUnavailableError');
    expect(result.message).toMatch(/^nothing was sent/);
  });

  it('names an account that the sandbox does not have', async () => {
    const { gateway } = await startBoth();

    const result = await mutate(gateway.url, 'createJournal', {
      input: { jnlc: { ...jnlc, toAccount: unknownAccount } },
    });

    expect(result).toMatchObject({ __typename: 'AccountNotFoundError', accountIds: [unknownAccount] });
    expect(result.requestId).not.toBeNull();
  });

  it('does not mistake another 403 of the sandbox for an insufficient balance', async () => {
    const { gateway } = await startBoth();
    const input = { jnlc: { ...jnlc, fromAccount: customer, toAccount: otherCustomer } };

    const result = await mutate(gateway.url, 'createJournal', { input });

    expect(result.__typename).toBe('OtherRefusalError');
  });
});

describe('deleteJournal', () => {
  const pending = { jnlc: { ...jnlc, amount: '51', description: '/fixtures/status=pending/fixtures/' } };

  it('deletes a pending journal, which is then canceled', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 0 });
    const { journal } = await mutate(gateway.url, 'createJournal', { input: pending });

    const result = await mutate(gateway.url, 'deleteJournal', { id: journal?.id });

    expect(journal?.status).toBe('PENDING');
    expect(result).toMatchObject({
      __typename: 'DeleteJournalSuccess',
      journalId: journal?.id,
      journal: { status: 'CANCELED' },
    });
  });

  it('is refused for an executed journal and returns its current state', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 0 });
    const { journal } = await mutate(gateway.url, 'createJournal', { input: { jnlc } });

    const result = await mutate(gateway.url, 'deleteJournal', { id: journal?.id });

    expect(result).toMatchObject({
      __typename: 'JournalNotDeletableError',
      journal: { id: journal?.id, status: 'EXECUTED' },
    });
  });

  it('reports an unknown journal as not found', async () => {
    const { gateway } = await startBoth();

    const result = await mutate(gateway.url, 'deleteJournal', { id: unknownAccount });

    expect(result.__typename).toBe('JournalNotFoundError');
    expect(result.requestId).not.toBeNull();
  });

  it.each([
    '',
    'h7h5g33f-ef01-4458-9a4b-9598727a406f',
    '../journals',
    '%2e%2e',
    '?a=b',
    `${journalId}/x`,
    `${journalId}\n`,
  ])('refuses %j before anything is sent', async (id) => {
    const { stub, url } = await startStubbed(text(204, ''));

    const result = await mutate(url, 'deleteJournal', { id });

    expect(result).toMatchObject({ __typename: 'InvalidRequestError', issues: [{ path: ['id'] }], requestId: null });
    expect(stub.calls).toEqual([]);
  });

  it.each([
    [400, {}, { __typename: 'InvalidRequestError', issues: [{ path: ['id'] }] }, 1],
    [403, { message: 'not yours' }, { __typename: 'OtherRefusalError', message: 'not yours' }, 1],
    [429, {}, { __typename: 'RateLimitedError' }, 1],
    [503, {}, { __typename: 'DeleteOutcomeUnknownError', journalId }, 3],
  ])('turns %i %j into %j', async (status, body, expected, attempts) => {
    const { stub, url } = await startStubbed(json(status, body, { 'retry-after': '600' }));

    expect(await mutate(url, 'deleteJournal', { id: journalId })).toMatchObject(expected);
    expect(stub.calls).toHaveLength(attempts);
  });

  it('returns the current journal for each delete, not that of the previous delete', async () => {
    const statuses = ['queued', 'pending'];
    const { url } = await startStubbed((seen, response) => {
      if (seen.method === 'GET') return json(200, wireJNLC({ status: statuses.shift() ?? 'canceled' }))(seen, response);
      return (statuses.length === 2 ? json(422, { message: 'not pending' }) : text(204, ''))(seen, response);
    });
    const selection =
      '{ ... on JournalNotDeletableError { journal { status } } ... on DeleteJournalSuccess { journal { status } } }';

    const { data } = await ask(
      url,
      `mutation { early: deleteJournal(id: "${journalId}") ${selection} late: deleteJournal(id: "${journalId}") ${selection} }`,
    );

    expect(data).toEqual({ early: { journal: { status: 'QUEUED' } }, late: { journal: { status: 'PENDING' } } });
  });

  it('succeeds without a journal if it no longer exists', async () => {
    const { url } = await startStubbed((seen, response) =>
      (seen.method === 'DELETE' ? text(204, '') : json(404, {}))(seen, response),
    );

    const result = await mutate(url, 'deleteJournal', { id: journalId.toUpperCase() });

    expect(result).toMatchObject({ __typename: 'DeleteJournalSuccess', journalId, journal: null });
  });
});

describe('the journal that a create returns', () => {
  it('is at least as new as an event that was delivered earlier', async () => {
    const { gateway, sandbox } = await startBoth({ clockMode: 'manual' });
    const variables = { input: { jnlc: { ...jnlc, amount: '51' } }, idempotencyKey: 'again' };
    const events = await subscribe<Changed>(
      'WebSocket',
      gateway.url,
      'subscription { journalStatusChanged { statusTo } }',
    );
    const first = await mutate(gateway.url, 'createJournal', variables);
    await control(sandbox, 'POST', `journals/${first.journal?.id ?? ''}/status`, { status: 'rejected' });
    while ((await events.take(1))[0]?.journalStatusChanged.statusTo !== 'REJECTED');

    const again = await mutate(gateway.url, 'createJournal', variables);

    expect(again.journal).toMatchObject({ id: first.journal?.id, status: 'REJECTED' });
  });

  it('is that of the answer if it cannot be read again', async () => {
    const old = wireJNLC({ created_at: '2020-01-01T00:00:00Z' });
    const { stub, url } = await startStubbed((seen, response) =>
      (seen.method === 'POST' ? json(200, old) : json(500, {}))(seen, response),
    );

    const { journal } = await mutate(url, 'createJournal', { input: { jnlc }, idempotencyKey: 'used before, perhaps' });

    expect(journal).toMatchObject({ id: journalId, status: 'QUEUED' });
    expect(stub.calls.map(({ method }) => method)).toEqual(['POST', 'GET']);
  });
});
