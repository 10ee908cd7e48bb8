import { describe, expect, it } from 'vitest';

import { customer, richCustomers, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { mutate } from '../kit/mutate.ts';
import type { MutationResult } from '../kit/mutate.ts';
import { startBoth } from '../kit/startGateway.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const start = () => startStubbed(json(200, wireJNLC()));

function pathsOf(result: MutationResult): string[] {
  return issuesOf(result)
    .map(([path]) => path)
    .sort();
}

function issuesOf({ __typename, issues = [] }: MutationResult): [string, string][] {
  expect(__typename).toBe('InvalidRequestError');
  return issues.map(({ path, message }) => [path.join('.'), message]);
}

describe('the gateway reports all problems of an input at once, each with its path, and sends nothing', () => {
  it('for a JNLC', async () => {
    const { stub, url } = await start();
    const jnlc = {
      fromAccount: 'sweep',
      toAccount: '../accounts',
      amount: '0.00',
      description: 'd'.repeat(1_025),
      transmitterName: 'n'.repeat(256),
      transmitterAccountNumber: 'n'.repeat(256),
      transmitterAddress: 'n'.repeat(256),
      transmitterFinancialInstitution: 'n'.repeat(256),
    };

    const result = await mutate(url, 'createJournal', { input: { jnlc }, idempotencyKey: 'k'.repeat(129) });

    expect(issuesOf(result)).toEqual(
      expect.arrayContaining([
        ['idempotencyKey', 'expected 1 to 128 printable ASCII characters, preferably a UUID; found 129 characters'],
        ['input.jnlc.fromAccount', 'expected a UUID, found "sweep"'],
        ['input.jnlc.toAccount', 'expected a UUID, found "../accounts"'],
        ['input.jnlc.amount', 'expected an amount above 0, found "0.00"'],
        ['input.jnlc.description', 'expected at most 1024 characters, found 1025'],
        ['input.jnlc.transmitterName', 'expected at most 255 characters, found 256'],
        ['input.jnlc.transmitterAccountNumber', 'expected at most 255 characters, found 256'],
        ['input.jnlc.transmitterAddress', 'expected at most 255 characters, found 256'],
        ['input.jnlc.transmitterFinancialInstitution', 'expected at most 255 characters, found 256'],
      ]),
    );
    expect(result.issues).toHaveLength(9);
    expect(result).toMatchObject({ requestId: null, upstreamCode: null });
    expect(stub.calls).toEqual([]);
  });

  it('for a JNLS', async () => {
    const { stub, url } = await start();
    const jnls = { fromAccount: '', toAccount: `${customer}0`, symbol: ' ', qty: '-0.1234567890', description: '' };

    const result = await mutate(url, 'createJournal', { input: { jnls } });

    expect(issuesOf(result).sort()).toEqual([
      ['input.jnls.fromAccount', 'expected a UUID, found ""'],
      ['input.jnls.qty', 'expected a qty above 0, found "-0.1234567890"'],
      ['input.jnls.qty', 'expected at most 9 decimals, found 10'],
      ['input.jnls.symbol', 'expected a symbol, found an empty string'],
      ['input.jnls.toAccount', `expected a UUID, found "${customer}0"`],
    ]);
    expect(stub.calls).toEqual([]);
  });

  it('for a batch', async () => {
    const { stub, url } = await start();
    const entries = [
      { toAccount: customer, amount: '1' },
      { toAccount: '%2e%2e', amount: '-1', description: 'd'.repeat(1_025), transmitterName: 'n'.repeat(256) },
    ];

    const result = await mutate(url, 'createBatchJournal', {
      input: { fromAccount: '?a=b', description: 'd'.repeat(1_025), entries },
      idempotencyKey: '',
    });

    expect(pathsOf(result)).toEqual([
      'idempotencyKey',
      'input.description',
      'input.entries.1.amount',
      'input.entries.1.description',
      'input.entries.1.toAccount',
      'input.entries.1.transmitterName',
      'input.fromAccount',
    ]);
    expect(stub.calls).toEqual([]);
  });

  it('for a reverse batch', async () => {
    const { stub, url } = await start();
    const entries = [
      { fromAccount: 'x', amount: '0' },
      { fromAccount: richCustomers[0], amount: '1', description: 'd'.repeat(1_025) },
    ];

    const result = await mutate(url, 'createReverseBatchJournal', { input: { toAccount: 'y', entries } });

    expect(pathsOf(result)).toEqual([
      'input.entries.0.amount',
      'input.entries.0.fromAccount',
      'input.entries.1.description',
      'input.toAccount',
    ]);
    expect(stub.calls).toEqual([]);
  });

  it.each([
    [0, 'expected at least one entry, found none'],
    [1_001, 'expected at most 1000 entries, found 1001'],
  ])('for a batch with %i entries: %s', async (count, message) => {
    const { stub, url } = await start();
    const forward = { fromAccount: sweep, entries: Array(count).fill({ toAccount: customer, amount: '1' }) };
    const backward = { toAccount: sweep, entries: Array(count).fill({ fromAccount: customer, amount: '1' }) };

    const results = await Promise.all([
      mutate(url, 'createBatchJournal', { input: forward }),
      mutate(url, 'createReverseBatchJournal', { input: backward }),
    ]);

    expect(results.map(issuesOf)).toEqual([[['input.entries', message]], [['input.entries', message]]]);
    expect(stub.calls).toEqual([]);
  });
});

describe('a batch', () => {
  const send = async (...currencies: (string | null | undefined)[]) => {
    const { stub, url } = await start();
    const entries = currencies.map((currency) => ({ toAccount: customer, amount: '1', currency }));
    return { stub, result: await mutate(url, 'createBatchJournal', { input: { fromAccount: sweep, entries } }) };
  };

  it('with several currencies is refused with the path of each entry that differs, and nothing is sent', async () => {
    const { stub, result } = await send(undefined, 'EUR', 'EUR', 'USD', null, 'GBP');

    const message = (found: string) => `expected "EUR", the currency of the entries before it, found "${found}"`;
    expect(result.__typename).toBe('InvalidRequestError');
    expect(issuesOf(result)).toEqual([
      ['input.entries.3.currency', message('USD')],
      ['input.entries.5.currency', message('GBP')],
    ]);
    expect(stub.calls).toEqual([]);
  });

  it.each([
    ['one currency in two spellings', ['EUR', 'eur']],
    ['no currency', [undefined, null]],
    ["one currency and the firm's own, which only the API knows", ['EUR', undefined]],
  ])('with %s is sent', async (_label, currencies) => {
    const { stub } = await send(...currencies);

    expect(stub.calls.some(({ method }) => method === 'POST')).toBe(true);
  });
});

describe('an input at its limits', () => {
  it.each([
    [
      'a description of 1,024 characters outside the Basic Multilingual Plane',
      { amount: '1', description: '😀'.repeat(1_024) },
    ],
    ['a transmitter of 255 letters', { amount: '1', transmitterName: 'ü'.repeat(255) }],
    ['an amount with many decimals', { amount: '0.00000000000000000001' }],
    ['null in its optional fields', { amount: '1', description: null, currency: null, transmitterTimestamp: null }],
  ])('with %s is sent', async (_label, fields) => {
    const { stub, url } = await start();

    const result = await mutate(url, 'createJournal', {
      input: { jnlc: { fromAccount: sweep, toAccount: customer, ...fields } },
    });

    expect(result.__typename).toBe('CreateJournalSuccess');
    expect(stub.calls).toHaveLength(1);
  });

  it('is sent without the fields that are null or missing', async () => {
    const { stub, url } = await start();

    await mutate(url, 'createJournal', {
      input: { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1', description: null, currency: '' } },
    });

    expect(JSON.parse(stub.calls[0]?.body ?? '')).toEqual({
      entry_type: 'JNLC',
      from_account: sweep,
      to_account: customer,
      amount: '1',
      currency: '',
    });
  });

  it('may have account ids in upper case', async () => {
    const { gateway } = await startBoth();

    const result = await mutate(gateway.url, 'createJournal', {
      input: { jnlc: { fromAccount: sweep.toUpperCase(), toAccount: customer.toUpperCase(), amount: '1' } },
    });

    expect(result.__typename).toBe('CreateJournalSuccess');
  });

  it('with nine decimals of qty is accepted by the sandbox', async () => {
    const { gateway } = await startBoth();

    const { journal } = await mutate(gateway.url, 'createJournal', {
      input: { jnls: { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '0.123456789' } },
    });

    expect(journal).toMatchObject({ symbol: 'AAPL', qty: '0.123456789' });
  });
});

describe('CreateJournalInput', () => {
  const cash = `{ fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" }`;
  const shares = `{ fromAccount: "${sweep}", toAccount: "${customer}", symbol: "AAPL", qty: "1" }`;

  it.each(['{}', '{ jnlc: null }', `{ jnlc: ${cash}, jnls: ${shares} }`, `{ jnlc: ${cash}, jnls: null }`])(
    'requires exactly one of jnlc and jnls and refuses the literal %s',
    async (input) => {
      const { stub, url } = await start();

      const { data, errors } = await ask(url, `mutation { createJournal(input: ${input}) { __typename } }`);

      expect(data).toBeUndefined();
      expect(errors?.map(({ extensions }) => extensions)).toMatchObject([{ code: 'GRAPHQL_VALIDATION_FAILED' }]);
      expect(stub.calls).toEqual([]);
    },
  );

  const jnlc = { fromAccount: sweep, toAccount: customer, amount: '1' };
  const jnls = { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '1' };

  it.each([[{}], [{ jnlc: null }], [{ jnlc, jnls }], [{ jnlc, jnls: null }], [null]])(
    'requires exactly one of jnlc and jnls and refuses the variable %j',
    async (input) => {
      const { stub, url } = await start();
      const query = 'mutation ($input: CreateJournalInput!) { createJournal(input: $input) { __typename } }';

      const { data, errors = [] } = await ask(url, query, { input });

      expect(data).toBeUndefined();
      expect(errors.length).toBeGreaterThan(0);
      for (const { extensions } of errors) expect(extensions).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(stub.calls).toEqual([]);
    },
  );
});
