import { describe, expect, it } from 'vitest';

import type { JournalsClient } from '../../src/upstream/journals/JournalsClient.ts';
import { customer, otherCustomer, richCustomers, sweep, unknownAccount } from '../kit/accounts.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const jnlc = { fromAccount: sweep, toAccount: customer, amount: '10' };
const jnls = { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '2' };
const batch = { fromAccount: sweep, entries: [{ toAccount: customer, amount: '10' }] };
const reverseBatch = { toAccount: sweep, entries: [{ fromAccount: richCustomers[0], amount: '10' }] };

const calls: Record<string, (client: JournalsClient) => Promise<unknown>> = {
  get: (client) => client.get(journalId),
  list: (client) => client.list({ limit: 10 }),
  createJNLC: (client) => client.create({ jnlc }, 'key'),
  createJNLS: (client) => client.create({ jnls }, 'key'),
  createBatch: (client) => client.createBatch(batch, 'key'),
  createReverseBatch: (client) => client.createReverseBatch(reverseBatch, 'key'),
  delete: (client) => client.delete(journalId),
};

async function call(name: string, answer: Answer): Promise<{ error: unknown; stub: StubUpstream }> {
  const stub = await StubUpstream.start(answer);
  // Shorter than the pause after a 429 that doesn't say until when.
  const client = openJournalsClient(stub.url, { readDeadlineMs: 900, writeDeadlineMs: 900 });
  const error = await failureOf(calls[name]?.(client) ?? Promise.resolve());
  return { error, stub };
}

describe('what a status means', () => {
  const balance = { code: 40_310_000, message: 'insufficient balance' };
  const assets = { code: 40_310_000, message: 'insufficient qty available for order' };
  const reused = { code: 42_210_000, message: 'idempotency key violation: at least one field has changed' };
  const pending = { code: 42_210_000, message: 'journal is not pending' };
  const words = { message: 'no' };

  it.each([
    ['createJNLC', 400, words, 'InvalidRequestError'],
    ['createJNLC', 401, words, 'OtherRefusalError'],
    ['createJNLC', 403, balance, 'InsufficientBalanceError'],
    ['createJNLC', 403, words, 'OtherRefusalError'],
    ['createJNLC', 404, words, 'AccountNotFoundError'],
    ['createJNLC', 405, words, 'OtherRefusalError'],
    ['createJNLC', 422, reused, 'IdempotencyConflictError'],
    ['createJNLC', 422, words, 'OtherRefusalError'],
    ['createJNLS', 403, assets, 'InsufficientAssetsError'],
    ['createBatch', 400, words, 'InvalidRequestError'],
    ['createBatch', 403, balance, 'InsufficientBalanceError'],
    ['createBatch', 403, assets, 'OtherRefusalError'],
    ['createBatch', 404, words, 'AccountNotFoundError'],
    ['createBatch', 422, reused, 'IdempotencyConflictError'],
    ['createReverseBatch', 400, words, 'InvalidRequestError'],
    ['createReverseBatch', 403, balance, 'InsufficientBalanceError'],
    ['createReverseBatch', 403, assets, 'OtherRefusalError'],
    ['createReverseBatch', 404, words, 'AccountNotFoundError'],
    ['createReverseBatch', 422, reused, 'OtherRefusalError'],
    ['delete', 400, words, 'InvalidRequestError'],
    ['delete', 403, words, 'OtherRefusalError'],
    ['delete', 404, words, 'JournalNotFoundError'],
    ['delete', 422, pending, 'JournalNotDeletableError'],
    ['get', 400, words, 'UnexpectedResponseError'],
    ['get', 403, words, 'UnexpectedResponseError'],
    ['list', 400, words, 'UnexpectedResponseError'],
    ['list', 401, words, 'CredentialsRefusedError'],
    ['list', 404, words, 'UnexpectedResponseError'],
    ['list', 500, words, 'UpstreamUnavailableError'],
  ])('%s: %i %j is %s', async (name, status, body, expected) => {
    const { error, stub } = await call(name, json(status, body, { 'x-request-id': 'request-1' }));

    const upstreamCode = 'code' in body ? body.code : null;
    expect(error).toMatchObject({ name: expected, requestId: 'request-1', upstreamCode });
    expect((error as Error).message).toContain(body.message);
    expect(stub.calls).toHaveLength(1);
  });

  it.each(Object.keys(calls))(
    '%s: 429 is RateLimitedError, at once when the reset lies behind the deadline',
    async (name) => {
      const { error, stub } = await call(name, json(429, words));

      expect(error).toMatchObject({ name: 'RateLimitedError', message: 'no' });
      expect(stub.calls).toHaveLength(1);
    },
  );

  it.each([200, 202, 204])('delete: %i is done', async (status) => {
    const stub = await StubUpstream.start(text(status, ''));

    await openJournalsClient(stub.url).delete(journalId);

    expect(stub.calls.map(({ method, url }) => [method, url])).toEqual([['DELETE', `/v1/journals/${journalId}`]]);
  });
});

describe('403 on a create', () => {
  it.each([
    ['JNLC', { message: 'insufficient balance' }, 'InsufficientBalanceError'],
    ['JNLC', { message: 'Insufficient funds.' }, 'InsufficientBalanceError'],
    ['JNLC', { message: 'not enough buying power' }, 'InsufficientBalanceError'],
    ['JNLC', { message: 'account does not have enough cash' }, 'InsufficientBalanceError'],
    ['JNLC', { message: 'amount exceeds available balance' }, 'InsufficientBalanceError'],
    ['JNLC', { message: 'insufficient permissions' }, 'OtherRefusalError'],
    ['JNLC', { message: 'insufficient permission to move funds' }, 'OtherRefusalError'],
    ['JNLC', { message: 'insufficient' }, 'OtherRefusalError'],
    ['JNLC', { message: 'amount exceeds the daily cash journal limit' }, 'OtherRefusalError'],
    ['JNLC', { message: 'account exceeds pattern day trading rules; cash account required' }, 'OtherRefusalError'],
    ['JNLS', { message: 'exceeds the number of journals for securities accounts' }, 'OtherRefusalError'],
    ['JNLC', { message: 'account is blocked' }, 'OtherRefusalError'],
    ['JNLC', { code: 40_310_000, message: 'forbidden' }, 'OtherRefusalError'],
    ['JNLC', { message: 'request not authorized for this balance' }, 'OtherRefusalError'],
    ['JNLS', { message: 'insufficient assets' }, 'InsufficientAssetsError'],
    ['JNLS', { message: 'insufficient qty available (requested: 2, available: 1)' }, 'InsufficientAssetsError'],
    ['JNLS', { message: 'qty exceeds position' }, 'InsufficientAssetsError'],
    ['JNLS', { message: 'does not hold enough shares' }, 'InsufficientAssetsError'],
    ['JNLS', { message: 'insufficient balance' }, 'InsufficientBalanceError'],
    ['JNLS', { message: 'insufficient scope' }, 'OtherRefusalError'],
    ['JNLS', { message: 'securities can be journaled from a firm account only' }, 'OtherRefusalError'],
  ])('of %s with %j is %s', async (type, body, expected) => {
    const { error } = await call(`create${type}`, json(403, body));

    expect(error).toMatchObject({ name: expected });
  });

  it.each([
    ['JNLC', { code: 40_310_000 }, 'InsufficientBalanceError'],
    ['JNLC', { code: 40_310_000, message: '' }, 'InsufficientBalanceError'],
    ['JNLC', { code: 40_310_001, message: '' }, 'OtherRefusalError'],
    ['JNLS', { code: 40_310_000, message: '' }, 'InsufficientAssetsError'],
  ])('of %s with %j, a code without words, is %s', async (type, body, expected) => {
    const { error } = await call(`create${type}`, json(403, body));

    expect(error).toMatchObject({ name: expected });
  });

  it.each(['JNLC', 'JNLS'])('of %s without a body is OtherRefusalError', async (type) => {
    const { error } = await call(`create${type}`, text(403, ''));

    expect(error).toMatchObject({ name: 'OtherRefusalError', message: 'HTTP 403 without a message' });
  });
});

describe('404 on a create', () => {
  it('names the accounts of the request that the words name, once and in the order of the request', async () => {
    const message = `account ${customer.toUpperCase()} and ${unknownAccount} not found`;

    const { error } = await call('createJNLC', json(404, { message }));

    expect(error).toMatchObject({ name: 'AccountNotFoundError', accountIds: [customer] });
  });

  it('names none where the words name none', async () => {
    const { error } = await call('createBatch', json(404, { message: 'account not found' }));

    expect(error).toMatchObject({ name: 'AccountNotFoundError', accountIds: [] });
  });
});

describe('429', () => {
  it.each<[string, number, (apiNow: number) => Record<string, string>]>([
    ['X-RateLimit-Reset', 120, (apiNow) => ({ 'x-ratelimit-reset': seconds(apiNow + 120_000) })],
    ['Retry-After in seconds', 120, () => ({ 'retry-after': '120' })],
    ['Retry-After as a date', 120, (apiNow) => ({ 'retry-after': httpDate(apiNow + 120_000) })],
    ['the later of two', 120, (apiNow) => ({ 'x-ratelimit-reset': seconds(apiNow + 60_000), 'retry-after': '120' })],
    [
      'the other later of two',
      120,
      (apiNow) => ({ 'x-ratelimit-reset': seconds(apiNow + 120_000), 'retry-after': '1' }),
    ],
    ['a reset in three hours', 10_800, (apiNow) => ({ 'x-ratelimit-reset': seconds(apiNow + 10_800_000) })],
    ['a date in three hours', 10_800, (apiNow) => ({ 'retry-after': httpDate(apiNow + 10_800_000) })],
    ['words that say nothing', 1, () => ({ 'x-ratelimit-reset': 'soon', 'retry-after': 'later' })],
    ['an impossible number', 1, () => ({ 'x-ratelimit-reset': '1e300' })],
    ['a reset in a century', 1, () => ({ 'x-ratelimit-reset': '4900000000' })],
    ['nothing', 1, () => ({ 'x-ratelimit-reset': '' })],
  ])('with %s may be repeated after %i s, by the clock of whom it is told to', async (_label, waitS, headersAt) => {
    // An API whose clock is hours from this one.
    for (const aheadMs of [0, 5 * 3_600_000, -5 * 3_600_000]) {
      const before = Date.now();
      const apiNow = before + aheadMs;
      const headers = { ...headersAt(apiNow), date: httpDate(apiNow) };

      const { error } = await call('createJNLC', json(429, { code: 42_910_000, message: 'too many' }, headers));

      expect(error).toMatchObject({ name: 'RateLimitedError', upstreamCode: 42_910_000 });
      const waitedMs = Date.parse((error as { retryAt: string }).retryAt) - before;
      // Both sides tell whole seconds, and neither tells them at once.
      expect(Math.abs(waitedMs - waitS * 1_000)).toBeLessThan(10_000);
    }
  });
});

function seconds(ms: number): string {
  return String(Math.ceil(ms / 1_000));
}

function httpDate(ms: number): string {
  return new Date(ms).toUTCString();
}

describe('get', () => {
  it('is null for an id that the API does not know', async () => {
    const stub = await StubUpstream.start(json(404, { message: 'journal not found' }));

    expect(await openJournalsClient(stub.url).get(journalId)).toBeNull();
  });

  it('is null for an id that is answered with 401 while a listing shows that the credentials hold', async () => {
    const stub = await StubUpstream.start((seen, response) =>
      seen.url.includes(journalId) ? json(401, {})(seen, response) : json(200, [])(seen, response),
    );

    expect(await openJournalsClient(stub.url).get(journalId)).toBeNull();
    expect(stub.calls).toHaveLength(2);
  });

  it('blames the credentials where a listing is answered with 401 too', async () => {
    const { error } = await call('get', json(401, { message: 'unauthorized' }));

    expect(error).toMatchObject({ name: 'CredentialsRefusedError', code: 'UPSTREAM_CREDENTIALS_REFUSED' });
  });

  it('says what stopped the listing where that shows neither', async () => {
    const { error } = await call('get', (seen, response) =>
      seen.url.includes(journalId) ? json(401, {})(seen, response) : json(500, {})(seen, response),
    );

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError' });
  });

  it('asks once for credentials, however many reads wait for the answer', async () => {
    const waiting: (() => void)[] = [];
    const stub = await StubUpstream.start((seen, response) => {
      if (!seen.url.includes('limit=1')) {
        waiting.push(() => void json(401, {})(seen, response));
        if (waiting.length === 5) for (const answer of waiting) answer();
      } else void json(200, [])(seen, response);
    });
    const client = openJournalsClient(stub.url);

    const found = await Promise.all([...richCustomers, customer, otherCustomer].map((id) => client.get(id)));

    expect(found).toEqual([null, null, null, null, null]);
    expect(stub.calls.filter(({ url }) => url.includes('limit=1'))).toHaveLength(1);
  });

  it.each(['../accounts', '%2e%2e', `${journalId}?a=b`, '', 'h7h5g33f-ef01-4458-9a4b-9598727a406f'])(
    'is null for %j without a call',
    async (id) => {
      const stub = await StubUpstream.start(json(200, wireJNLC()));

      expect(await openJournalsClient(stub.url).get(id)).toBeNull();
      expect(stub.calls).toEqual([]);
    },
  );
});

describe('list', () => {
  it('asks for what is given and for nothing else', async () => {
    const stub = await StubUpstream.start(json(200, []));
    const client = openJournalsClient(stub.url);

    await client.list({ limit: 5 });
    await client.list({
      after: '2026-01-01',
      before: '2026-02-01',
      status: 'sent_to_clearing',
      entryType: 'JNLS',
      fromAccount: sweep,
      toAccount: customer,
      limit: 500,
    });

    expect(stub.calls.map(({ url }) => url)).toEqual([
      '/v1/journals?limit=5',
      `/v1/journals?after=2026-01-01&before=2026-02-01&status=sent_to_clearing&entry_type=JNLS&from_account=${sweep}&to_account=${customer}&limit=500`,
    ]);
  });

  it.each([
    [1, true],
    [2, false],
    [3, false],
  ])('of %i journals with a limit of 2 is complete: %s', async (count, complete) => {
    const stub = await StubUpstream.start(json(200, Array(count).fill(wireJNLC())));

    const list = await openJournalsClient(stub.url).list({ limit: 2 });

    expect(list.complete).toBe(complete);
    expect(list.journals).toHaveLength(count);
  });

  it('is incomplete and empty where the API has too many to list', async () => {
    const stub = await StubUpstream.start(json(422, { message: 'more than 100000 records' }));

    expect(await openJournalsClient(stub.url).list({ limit: 2 })).toEqual({ journals: [], complete: false });
  });
});

describe('an answer that breaks the contract', () => {
  it.each([
    ['get', '', 'expected JSON, found 0 other characters'],
    ['get', '<html>', 'expected JSON, found 6 other characters'],
    ['get', 'null', 'expected a journal, found null'],
    ['get', '"journal"', 'expected a journal, found string'],
    ['get', JSON.stringify(wireJNLC({ net_amount: null })), `journal ${journalId} without net_amount`],
    ['list', '{"journals":[]}', 'expected an array of journals, found object'],
  ])('to %s, %j, is refused with what is wrong and the request id', async (name, body, message) => {
    const { error, stub } = await call(name, text(200, body, { 'x-request-id': 'request-1' }));

    expect(error).toMatchObject({
      name: 'ContractBrokenError',
      code: 'UPSTREAM_CONTRACT_BROKEN',
      message,
      requestId: 'request-1',
    });
    expect(stub.calls).toHaveLength(1);
  });
});

describe('with the sandbox', () => {
  it('creates, reads, lists and deletes', async () => {
    const sandbox = await startSandbox({ clockMode: 'manual' });
    const client = openJournalsClient(sandbox.url);

    const created = await client.create({ jnlc: { ...jnlc, description: '/fixtures/status=pending/fixtures/' } }, 'k');
    const again = await client.create({ jnlc: { ...jnlc, description: '/fixtures/status=pending/fixtures/' } }, 'k');
    const { journals } = await client.list({ fromAccount: sweep, limit: 10 });

    expect(again.id).toBe(created.id);
    expect(created).toMatchObject({ entryType: 'JNLC', netAmount: '10', fromAccount: sweep, toAccount: customer });
    expect(await client.get(created.id)).toMatchObject({ id: created.id });
    expect(journals.map(({ id }) => id)).toEqual([created.id]);
  });

  it('is refused as documented', async () => {
    const sandbox = await startSandbox();
    const client = openJournalsClient(sandbox.url);
    await client.create({ jnlc }, 'used');

    const refusals = await Promise.all(
      [
        client.create({ jnlc: { ...jnlc, amount: '60000' } }, 'a'),
        client.create({ jnls: { ...jnls, qty: '5000' } }, 'b'),
        client.create({ jnlc: { ...jnlc, toAccount: unknownAccount } }, 'c'),
        client.create({ jnlc: { ...jnlc, amount: '11' } }, 'used'),
        client.create({ jnlc: { ...jnlc, toAccount: otherCustomer, fromAccount: customer } }, 'd'),
        client.delete(unknownAccount),
      ].map(failureOf),
    );

    expect(refusals.map((error) => (error as Error).name)).toEqual([
      'InsufficientBalanceError',
      'InsufficientAssetsError',
      'AccountNotFoundError',
      'IdempotencyConflictError',
      'OtherRefusalError',
      'JournalNotFoundError',
    ]);
    expect(refusals[2]).toMatchObject({ accountIds: [unknownAccount] });
    expect(refusals[3]).toMatchObject({ idempotencyKey: 'used' });
  });

  it('tells an unknown journal from credentials that do not hold', async () => {
    const sandbox = await startSandbox({ secretKey: 'another' });

    const error = await failureOf(openJournalsClient(sandbox.url).get(journalId));

    expect(error).toMatchObject({ name: 'CredentialsRefusedError' });
  });
});
