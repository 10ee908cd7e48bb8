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
  // Shorter than the pause after a 429 without a reset.
  const client = openJournalsClient(stub.url, { readDeadlineMs: 900, writeDeadlineMs: 900 });
  const error = await failureOf(calls[name]?.(client) ?? Promise.resolve());
  return { error, stub };
}

describe('JournalsClient', () => {
  const balance = { code: 40_310_000, message: 'insufficient balance' };
  const assets = { code: 40_310_000, message: 'insufficient qty available for order' };
  const reused = { code: 42_210_000, message: 'idempotency key violation: at least one field has changed' };
  const pending = { code: 42_210_000, message: 'journal is not pending' };
  const refused = { message: 'no' };

  it.each([
    ['createJNLC', 400, refused, 'InvalidRequestError'],
    ['createJNLC', 401, refused, 'OtherRefusalError'],
    ['createJNLC', 403, balance, 'InsufficientBalanceError'],
    ['createJNLC', 403, refused, 'OtherRefusalError'],
    ['createJNLC', 404, refused, 'AccountNotFoundError'],
    ['createJNLC', 405, refused, 'OtherRefusalError'],
    ['createJNLC', 422, reused, 'IdempotencyConflictError'],
    ['createJNLC', 422, refused, 'OtherRefusalError'],
    ['createJNLS', 403, assets, 'InsufficientAssetsError'],
    ['createBatch', 400, refused, 'InvalidRequestError'],
    ['createBatch', 403, balance, 'InsufficientBalanceError'],
    ['createBatch', 403, assets, 'OtherRefusalError'],
    ['createBatch', 404, refused, 'AccountNotFoundError'],
    ['createBatch', 422, reused, 'IdempotencyConflictError'],
    ['createReverseBatch', 400, refused, 'InvalidRequestError'],
    ['createReverseBatch', 403, balance, 'InsufficientBalanceError'],
    ['createReverseBatch', 403, assets, 'OtherRefusalError'],
    ['createReverseBatch', 404, refused, 'AccountNotFoundError'],
    ['createReverseBatch', 422, reused, 'OtherRefusalError'],
    ['delete', 400, refused, 'InvalidRequestError'],
    ['delete', 403, refused, 'OtherRefusalError'],
    ['delete', 404, refused, 'JournalNotFoundError'],
    ['delete', 422, pending, 'JournalNotDeletableError'],
    ['get', 400, refused, 'UnexpectedResponseError'],
    ['get', 403, refused, 'UnexpectedResponseError'],
    ['list', 400, refused, 'UnexpectedResponseError'],
    ['list', 401, refused, 'CredentialsRefusedError'],
    ['list', 404, refused, 'UnexpectedResponseError'],
    ['list', 500, refused, 'UpstreamUnavailableError'],
  ])('maps a response to %s with status %i and body %j to %s', async (name, status, body, expected) => {
    const { error, stub } = await call(name, json(status, body, { 'x-request-id': 'request-1' }));

    const upstreamCode = 'code' in body ? body.code : null;
    expect(error).toMatchObject({ name: expected, requestId: 'request-1', upstreamCode });
    expect((error as Error).message).toContain(body.message);
    expect(stub.calls).toHaveLength(1);
  });

  it.each(Object.keys(calls))(
    'throws RateLimitedError after a 429 to %s, at once when the reset is after the deadline',
    async (name) => {
      const { error, stub } = await call(name, json(429, refused));

      expect(error).toMatchObject({ name: 'RateLimitedError', message: 'no' });
      expect(stub.calls).toHaveLength(1);
    },
  );

  it.each([200, 202, 204])('treats status %i of a delete as success', async (status) => {
    const stub = await StubUpstream.start(text(status, ''));

    await openJournalsClient(stub.url).delete(journalId);

    expect(stub.calls.map(({ method, url }) => [method, url])).toEqual([['DELETE', `/v1/journals/${journalId}`]]);
  });
});

describe('a 403 to a create', () => {
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
  ])('of a %s with the body %j throws %s', async (type, body, expected) => {
    const { error } = await call(`create${type}`, json(403, body));

    expect(error).toMatchObject({ name: expected });
  });

  it.each([
    ['JNLC', { code: 40_310_000 }, 'InsufficientBalanceError'],
    ['JNLC', { code: 40_310_000, message: '' }, 'InsufficientBalanceError'],
    ['JNLC', { code: 40_310_001, message: '' }, 'OtherRefusalError'],
    ['JNLS', { code: 40_310_000, message: '' }, 'InsufficientAssetsError'],
  ])('of a %s with a code and no message, %j, throws %s', async (type, body, expected) => {
    const { error } = await call(`create${type}`, json(403, body));

    expect(error).toMatchObject({ name: expected });
  });

  it.each(['JNLC', 'JNLS'])('of a %s without a body throws OtherRefusalError', async (type) => {
    const { error } = await call(`create${type}`, text(403, ''));

    expect(error).toMatchObject({ name: 'OtherRefusalError', message: 'HTTP 403 without a message' });
  });
});

describe('a 404 to a create', () => {
  it('reports the accounts of the request that its message names, once each and in the order of the request', async () => {
    const message = `account ${customer.toUpperCase()} and ${unknownAccount} not found`;

    const { error } = await call('createJNLC', json(404, { message }));

    expect(error).toMatchObject({ name: 'AccountNotFoundError', accountIds: [customer] });
  });

  it('reports no account when its message names none', async () => {
    const { error } = await call('createBatch', json(404, { message: 'account not found' }));

    expect(error).toMatchObject({ name: 'AccountNotFoundError', accountIds: [] });
  });
});

describe('a 429', () => {
  it.each<[string, number, (apiNow: number) => Record<string, string>]>([
    ['X-RateLimit-Reset', 120, (apiNow) => ({ 'x-ratelimit-reset': seconds(apiNow + 120_000) })],
    ['Retry-After in seconds', 120, () => ({ 'retry-after': '120' })],
    ['Retry-After as a date', 120, (apiNow) => ({ 'retry-after': httpDate(apiNow + 120_000) })],
    [
      'Retry-After later than X-RateLimit-Reset',
      120,
      (apiNow) => ({ 'x-ratelimit-reset': seconds(apiNow + 60_000), 'retry-after': '120' }),
    ],
    [
      'X-RateLimit-Reset later than Retry-After',
      120,
      (apiNow) => ({ 'x-ratelimit-reset': seconds(apiNow + 120_000), 'retry-after': '1' }),
    ],
    ['a reset in three hours', 10_800, (apiNow) => ({ 'x-ratelimit-reset': seconds(apiNow + 10_800_000) })],
    ['a date in three hours', 10_800, (apiNow) => ({ 'retry-after': httpDate(apiNow + 10_800_000) })],
    ['unreadable headers', 1, () => ({ 'x-ratelimit-reset': 'soon', 'retry-after': 'later' })],
    ['a reset that is not an integer', 1, () => ({ 'x-ratelimit-reset': '1e300' })],
    ['a reset in a century', 1, () => ({ 'x-ratelimit-reset': '4900000000' })],
    ['an empty header', 1, () => ({ 'x-ratelimit-reset': '' })],
  ])('with %s gives a retryAt %i s away, by the clock of this machine', async (_label, waitS, headersAt) => {
    // The API's clock may be hours off.
    for (const aheadMs of [0, 5 * 3_600_000, -5 * 3_600_000]) {
      const before = Date.now();
      const apiNow = before + aheadMs;
      const headers = { ...headersAt(apiNow), date: httpDate(apiNow) };

      const { error } = await call('createJNLC', json(429, { code: 42_910_000, message: 'too many' }, headers));

      expect(error).toMatchObject({ name: 'RateLimitedError', upstreamCode: 42_910_000 });
      const waitedMs = Date.parse((error as { retryAt: string }).retryAt) - before;
      // The headers have whole seconds, and the response takes time.
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
  it('returns null for an id that the API does not know', async () => {
    const stub = await StubUpstream.start(json(404, { message: 'journal not found' }));

    expect(await openJournalsClient(stub.url).get(journalId)).toBeNull();
  });

  it('returns null for an id that gives a 401 when a list shows that the credentials are valid', async () => {
    const stub = await StubUpstream.start((seen, response) =>
      seen.url.includes(journalId) ? json(401, {})(seen, response) : json(200, [])(seen, response),
    );

    expect(await openJournalsClient(stub.url).get(journalId)).toBeNull();
    expect(stub.calls).toHaveLength(2);
  });

  it('throws CredentialsRefusedError when a list gives a 401 as well', async () => {
    const { error } = await call('get', json(401, { message: 'unauthorized' }));

    expect(error).toMatchObject({ name: 'CredentialsRefusedError', code: 'UPSTREAM_CREDENTIALS_REFUSED' });
  });

  it('throws the fault of the list when the list fails for another reason', async () => {
    const { error } = await call('get', (seen, response) =>
      seen.url.includes(journalId) ? json(401, {})(seen, response) : json(500, {})(seen, response),
    );

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError' });
  });

  it('checks the credentials once for concurrent reads', async () => {
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
    'returns null for %j without a call',
    async (id) => {
      const stub = await StubUpstream.start(json(200, wireJNLC()));

      expect(await openJournalsClient(stub.url).get(id)).toBeNull();
      expect(stub.calls).toEqual([]);
    },
  );
});

describe('list', () => {
  it('sends the given filters and no others', async () => {
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
  ])('returns %i journals with a limit of 2 and complete: %s', async (count, complete) => {
    const stub = await StubUpstream.start(json(200, Array(count).fill(wireJNLC())));

    const list = await openJournalsClient(stub.url).list({ limit: 2 });

    expect(list.complete).toBe(complete);
    expect(list.journals).toHaveLength(count);
  });

  it('returns an empty, incomplete list when too many journals match', async () => {
    const stub = await StubUpstream.start(json(422, { message: 'more than 100000 records' }));

    expect(await openJournalsClient(stub.url).list({ limit: 2 })).toEqual({ journals: [], complete: false });
  });
});

describe('a response that breaks the contract', () => {
  it.each([
    ['get', '', 'expected JSON, found 0 other characters'],
    ['get', '<html>', 'expected JSON, found 6 other characters'],
    ['get', 'null', 'expected a journal, found null'],
    ['get', '"journal"', 'expected a journal, found string'],
    ['get', JSON.stringify(wireJNLC({ net_amount: null })), `journal ${journalId} without net_amount`],
    ['list', '{"journals":[]}', 'expected an array of journals, found object'],
  ])('fails %s with the body %j and names the problem and the request id', async (name, body, message) => {
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

describe('JournalsClient with the sandbox', () => {
  it('creates, reads and lists a journal', async () => {
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

  it('throws the documented refusals', async () => {
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

  it('throws CredentialsRefusedError for a journal when its secret is wrong', async () => {
    const sandbox = await startSandbox({ secretKey: 'another' });

    const error = await failureOf(openJournalsClient(sandbox.url).get(journalId));

    expect(error).toMatchObject({ name: 'CredentialsRefusedError' });
  });
});
