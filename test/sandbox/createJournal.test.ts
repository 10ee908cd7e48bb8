import { describe, expect, it } from 'vitest';

import { closedAccountId, onboardingAccountId, postmanFirmAccountId } from '../../src/sandbox/setup/seed.ts';
import { type ErrorBody, type Journal, ann, bob, cash, dan, shares, sweep } from './kit/journals.ts';
import { type SandboxClient, startSandbox } from './kit/startSandbox.ts';

const unknownAccount = '00000000-1111-4222-8333-444444444444';

async function balance(client: SandboxClient, id: string): Promise<string> {
  const { body } = await client.get<{ cash: string }>(`/v1/accounts/${id}`);
  return body.cash;
}

describe('POST /v1/journals', () => {
  it('responds to a JNLC with the executed journal', async () => {
    const { client } = await startSandbox();

    const { status, body } = await client.post<Journal>('/v1/journals', cash({ description: 'welcome' }));

    expect(status).toBe(200);
    expect(body).toMatchObject({ status: 'executed', net_amount: '10', description: 'welcome', currency: 'USD' });
  });

  it('responds to a JNLS with symbol, qty and price', async () => {
    const { client } = await startSandbox();

    const { status, body } = await client.post<Journal>('/v1/journals', shares({ qty: '0.123456789' }));

    expect(status).toBe(200);
    expect(body).toMatchObject({ symbol: 'AAPL', qty: '0.123456789', price: '128.23', net_amount: null });
  });

  it.each([
    ['a body that is not JSON', '{"entry_type":', /JSON/],
    ['an array', [], /JSON object/],
    ['no entry_type', cash({ entry_type: undefined }), /^entry_type/],
    ['an unknown entry_type', cash({ entry_type: 'jnlc' }), /^entry_type/],
    ['no to_account', cash({ to_account: undefined }), /^to_account/],
    ['a to_account that is not a UUID', cash({ to_account: 'fn68sbrk' }), /^to_account/],
    ['no from_account', cash({ from_account: '' }), /^from_account/],
    ['no amount', cash({ amount: undefined }), /^amount/],
    ['an amount of zero', cash({ amount: '0.00' }), /^amount/],
    ['a negative amount', cash({ amount: '-1' }), /^amount/],
    ['an amount with an exponent', cash({ amount: '1e3' }), /^amount/],
    ['an amount that is not a number', cash({ amount: 'ten' }), /^amount/],
    ['an amount in an object', cash({ amount: {} }), /^amount/],
    [
      'an absurd number',
      '{"entry_type":"JNLC","from_account":"' + sweep + '","to_account":"' + ann + '","amount":1e99999}',
      /^amount/,
    ],
    ['no symbol', shares({ symbol: undefined }), /^symbol/],
    ['no qty', shares({ qty: undefined }), /^qty/],
    ['a qty of ten decimals', shares({ qty: '0.0123456789' }), /^qty/],
    ['a currency in small letters', cash({ currency: 'usd' }), /^currency/],
    ['a description of 1,025 characters', cash({ description: 'x'.repeat(1_025) }), /^description/],
    ['a description that is a number', cash({ description: 7 }), /^description/],
    ['a transmitter_name of 256 characters', cash({ transmitter_name: 'x'.repeat(256) }), /^transmitter_name/],
    [
      'a transmitter_timestamp without a zone',
      cash({ transmitter_timestamp: '2026-01-01T00:00:00' }),
      /^transmitter_timestamp/,
    ],
  ])('refuses %s with 400, naming the field', async (_what, body, message) => {
    const { client } = await startSandbox();

    const reply = await client.post<ErrorBody>('/v1/journals', body);

    expect(reply.status).toBe(400);
    expect(reply.body.code).toBe(40010000);
    expect(reply.body.message).toMatch(message);
  });

  it('accepts 1,024 characters of description, 9 decimals of qty and 255 characters of transmitter', async () => {
    const { client } = await startSandbox();

    const long = await client.post(
      '/v1/journals',
      cash({ description: 'é'.repeat(1_024), transmitter_name: 'x'.repeat(255) }),
    );
    const fine = await client.post('/v1/journals', shares({ qty: '1.1234567890' }));

    expect([long.status, fine.status]).toEqual([200, 200]);
  });

  it.each([
    ['an unknown sender', cash({ from_account: unknownAccount })],
    ['an unknown receiver', cash({ to_account: unknownAccount })],
  ])('responds with 404 and the id to %s', async (_what, body) => {
    const { client } = await startSandbox();

    const reply = await client.post<ErrorBody>('/v1/journals', body);

    expect(reply.status).toBe(404);
    expect(reply.body).toEqual({ code: 40410000, message: `account not found: ${unknownAccount}` });
  });

  it.each([
    ['cash between customers', cash({ from_account: dan, to_account: bob }), /^customer-to-customer JNLC not enabled$/],
    ['cash from an account to itself', cash({ to_account: sweep }), /different accounts$/],
    ['shares from a customer to the firm', shares({ from_account: ann, to_account: sweep }), /^securities/],
    ['shares between customers', shares({ from_account: ann, to_account: bob }), /^securities/],
    ['a receiver whose account is not open yet', cash({ to_account: onboardingAccountId }), /^to_account/],
    ['a receiver whose account is closed', cash({ to_account: closedAccountId }), /^to_account/],
    [
      'a sender whose account is not open yet',
      cash({ from_account: onboardingAccountId, to_account: sweep }),
      /^from_account/,
    ],
  ])('refuses %s with 403', async (_what, body, message) => {
    const { client } = await startSandbox();

    const reply = await client.post<ErrorBody>('/v1/journals', body);

    expect(reply.status).toBe(403);
    expect(reply.body.message).toMatch(message);
    expect(reply.body.message).not.toMatch(/insufficient/);
  });

  it('lets money leave a closed account', async () => {
    const { client } = await startSandbox();

    const reply = await client.post('/v1/journals', cash({ from_account: closedAccountId, to_account: sweep }));

    expect(reply.status).toBe(200);
  });

  it.each([
    ['more cash than the sender has', cash({ amount: '50000.000000001' }), 'transferable balance is insufficient'],
    ['cash in a currency the sender lacks', cash({ currency: 'JPY' }), 'transferable balance is insufficient'],
    ['more shares than the sender has', shares({ qty: '1000.1' }), 'insufficient assets'],
    ['shares of a symbol nobody has', shares({ symbol: 'NOPE' }), 'insufficient assets'],
  ])('refuses %s with 403', async (_what, body, message) => {
    const { client } = await startSandbox();

    const reply = await client.post<ErrorBody>('/v1/journals', body);

    expect(reply.status).toBe(403);
    expect(reply.body.code).toBe(40310000);
    expect(reply.body.message).toContain(message);
  });

  it('moves cash between firm accounts, and no securities', async () => {
    const { client } = await startSandbox();

    const money = await client.post<Journal>('/v1/journals', cash({ to_account: postmanFirmAccountId }));
    const stock = await client.post('/v1/journals', shares({ to_account: postmanFirmAccountId }));

    expect([money.status, stock.status]).toEqual([200, 403]);
    expect(await balance(client, postmanFirmAccountId)).toBe('50010');
  });

  it('has no price for a symbol named like a property of every object', async () => {
    const { client } = await startSandbox();
    await client.put(`/sandbox/accounts/${sweep}`, { shares: { constructor: '5' } });

    const { status, body } = await client.post<Journal>('/v1/journals', shares({ symbol: 'constructor' }));

    expect([status, body.price]).toEqual([200, null]);
  });

  it('stores nothing of a refused request', async () => {
    const { client } = await startSandbox();

    await client.post('/v1/journals', cash({ amount: '60000' }));

    expect((await client.get('/v1/journals')).body).toEqual([]);
    expect((await client.get('/sandbox/stats')).body).toMatchObject({ events: 0, journals: { total: 0 } });
  });

  it.each([
    ['"0.1"', '0.1'],
    ['0.1', '0.1'],
    ['"12345678901234567890.123456789"', '12345678901234567890.123456789'],
    ['12345678901234567890.123456789', '12345678901234567890.123456789'],
    ['9007199254740993', '9007199254740993'],
    ['1.5e2', '150'],
    ['1E-3', '0.001'],
    ['"007.50"', '7.50'],
  ])('keeps the amount %s exact', async (sent, kept) => {
    const { client } = await startSandbox({
      perJournalLimit: '1' + '0'.repeat(30),
      firmDailyLimit: '1' + '0'.repeat(30),
    });
    await client.put(`/sandbox/accounts/${sweep}`, { kind: 'firm', cash: { USD: '1' + '0'.repeat(25) } });
    const body = JSON.stringify(cash()).replace('"10"', sent);

    const { body: journal } = await client.post<Journal>('/v1/journals', body);

    expect(journal.net_amount).toBe(kept);
  });

  it('moves exact amounts: ten times 0.1 is 1', async () => {
    const { client } = await startSandbox({ settleDelayMs: 0 });

    for (let count = 0; count < 10; count += 1) await client.post('/v1/journals', cash({ amount: 0.1 }));

    expect(await balance(client, ann)).toBe('1');
    expect(await balance(client, sweep)).toBe('49999');
  });

  it('keeps currencies apart', async () => {
    const { client } = await startSandbox({ settleDelayMs: 0 });

    const { body } = await client.post<Journal>('/v1/journals', cash({ currency: 'EUR' }));

    expect(body.currency).toBe('EUR');
    expect((await client.get(`/v1/accounts/${ann}`)).body).toMatchObject({ cash_by_currency: { EUR: '10' } });
  });

  it('uses the system currency if the request has no currency', async () => {
    const { client } = await startSandbox({ systemCurrency: 'EUR', settleDelayMs: 0 });
    const entries = [{ from_account: dan, amount: '5' }];
    const reverse = { entry_type: 'JNLC', to_account: sweep, entries };
    const batch = { entry_type: 'JNLC', from_account: sweep, entries: [{ to_account: ann, amount: '1' }] };

    const bodies = [
      (await client.post<Journal>('/v1/journals', cash())).body,
      (await client.post<Journal>('/v1/journals', shares())).body,
      (await client.post<Journal[]>('/v1/journals/batch', batch)).body[0],
      (await client.post<Journal[]>('/v1/journals/reverse_batch', reverse)).body[0],
      (await client.post<Journal>('/v1/journals', cash({ currency: 'USD' }))).body,
    ];

    expect(bodies.map((body) => body?.currency)).toEqual(['EUR', 'EUR', 'EUR', 'EUR', 'USD']);
    expect((await client.get(`/v1/accounts/${ann}`)).body).toMatchObject({
      currency: 'EUR',
      cash: '11',
      cash_by_currency: { EUR: '11', USD: '10' },
    });
  });

  it('returns the Travel Rule fields', async () => {
    const { client } = await startSandbox();
    const transmitter = {
      transmitter_name: 'Ada',
      transmitter_account_number: '123',
      transmitter_address: '1 Main St',
      transmitter_financial_institution: 'First Bank',
      transmitter_timestamp: '2026-01-02T03:04:05+01:00',
    };

    const { body } = await client.post<Journal>('/v1/journals', cash(transmitter));

    expect(body).toMatchObject(transmitter);
    expect(body.transmitter_info).toMatchObject({ originator_full_name: 'Ada', originator_bank_name: 'First Bank' });
  });
});
