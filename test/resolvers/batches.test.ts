import { describe, expect, it } from 'vitest';

import type { WireBatchJournal } from '../../src/upstream/wire/apiBodies.ts';
import { customer, otherCustomer, richCustomers, sweep, thirdCustomer, unknownAccount } from '../kit/accounts.ts';
import { mutate } from '../kit/mutate.ts';
import { startBoth } from '../kit/startGateway.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const [payer, otherPayer] = richCustomers;

/** A journal with a new id. */
function item(number: number, changes: Partial<WireBatchJournal>): WireBatchJournal {
  return wireJNLC({ id: `6d2cba43-cb57-4534-9603-${String(number).padStart(12, '0')}`, ...changes });
}

interface Entry {
  toAccount: string;
  amount: string;
  description?: string;
  currency?: string;
}

/** Returns the `entryIndex` of each result of a batch with these entries and this response of the API. */
async function indexes(entries: Entry[], answer: WireBatchJournal[], description?: string) {
  const { url } = await startStubbed(json(200, answer));
  const { results = [] } = await mutate(url, 'createBatchJournal', {
    input: { fromAccount: sweep, entries, description },
  });
  expect(results.map(({ journal }) => journal.id)).toEqual(answer.map(({ id }) => id));
  return results.map(({ entryIndex }) => entryIndex);
}

/** Like `indexes`, for a reverse batch. */
async function reverseIndexes(input: object, answer: Partial<WireBatchJournal>[]) {
  const { url } = await startStubbed(
    json(
      200,
      answer.map((changes, number) => item(number, { to_account: sweep, ...changes })),
    ),
  );
  const { results = [] } = await mutate(url, 'createReverseBatchJournal', { input: { toAccount: sweep, ...input } });
  return results.map(({ entryIndex }) => entryIndex);
}

describe('entryIndex of a batch', () => {
  it('names the entry of each journal, in whatever order the API returns the journals', async () => {
    const entries = [
      { toAccount: customer, amount: '1' },
      { toAccount: otherCustomer, amount: '1' },
      { toAccount: customer, amount: '2' },
    ];

    const found = await indexes(entries, [
      item(1, { to_account: customer, net_amount: '2' }),
      item(2, { to_account: customer, net_amount: '1' }),
      item(3, { to_account: otherCustomer, net_amount: '1' }),
    ]);

    expect(found).toEqual([2, 0, 1]);
  });

  it('assigns a different journal to each of several equal entries', async () => {
    const entry = { toAccount: customer, amount: '1' };
    const answered = { to_account: customer, net_amount: '1' };

    const found = await indexes([entry, entry, entry], [item(1, answered), item(2, answered), item(3, answered)]);

    expect([...found].sort()).toEqual([0, 1, 2]);
  });

  it('is found by the value of the amount, not by its spelling', async () => {
    const entries = [
      { toAccount: customer, amount: '10' },
      { toAccount: customer, amount: '0.50' },
      { toAccount: customer, amount: '12345678901234567890.10' },
    ];

    const found = await indexes(entries, [
      item(1, { net_amount: '12345678901234567890.1' }),
      item(2, { net_amount: '10.00' }),
      item(3, { net_amount: '0.5' }),
    ]);

    expect(found).toEqual([2, 0, 1]);
  });

  it('distinguishes entries with the same account and amount by their descriptions', async () => {
    const entries = [
      { toAccount: customer, amount: '1', description: 'first' },
      { toAccount: customer, amount: '1', description: 'second' },
      { toAccount: customer, amount: '1' },
    ];

    const found = await indexes(
      entries,
      [
        item(1, { net_amount: '1', description: 'of all' }),
        item(2, { net_amount: '1', description: 'second' }),
        item(3, { net_amount: '1', description: 'first' }),
      ],
      'of all',
    );

    expect(found).toEqual([2, 1, 0]);
  });

  it('is found without the description if the API changes or drops it', async () => {
    const entries = [
      { toAccount: customer, amount: '1', description: 'kept' },
      { toAccount: customer, amount: '1', description: 'dropped' },
    ];

    const found = await indexes(entries, [
      item(1, { net_amount: '1', description: '' }),
      item(2, { net_amount: '1', description: 'kept' }),
    ]);

    expect(found).toEqual([1, 0]);
  });

  it('is found by the description of the batch if the entry has none', async () => {
    const entries = [
      { toAccount: customer, amount: '1', description: 'dropped' },
      { toAccount: customer, amount: '1' },
    ];

    const found = await indexes(
      entries,
      [item(1, { net_amount: '1', description: '' }), item(2, { net_amount: '1', description: 'of all' })],
      'of all',
    );

    expect(found).toEqual([0, 1]);
  });

  it('is found whatever the case of the account ids', async () => {
    const found = await indexes(
      [{ toAccount: customer.toUpperCase(), amount: '1' }],
      [item(1, { to_account: customer.toUpperCase(), net_amount: '1' })],
    );

    expect(found).toEqual([0]);
  });

  it('is null for a journal that matches no entry', async () => {
    const found = await indexes(
      [{ toAccount: customer, amount: '1' }],
      [
        item(1, { to_account: thirdCustomer, net_amount: '1' }),
        item(2, { to_account: customer, net_amount: '1' }),
        item(3, { to_account: customer, net_amount: '1' }),
      ],
    );

    expect(found).toEqual([null, 0, null]);
  });

  it('distinguishes entries by descriptions that the API has changed', async () => {
    const entries = [
      { toAccount: customer, amount: '1', description: ' first' },
      { toAccount: customer, amount: '1', description: 'Cafe\u0301 11' },
      { toAccount: customer, amount: '1', description: 'Cafe\u0301 1' },
      { toAccount: customer, amount: '1', description: 'R&D  1' },
      { toAccount: customer, amount: '1', description: 'x'.repeat(300) },
    ];

    const found = await indexes(entries, [
      item(1, { net_amount: '1', description: 'x'.repeat(255) }),
      item(2, { net_amount: '1', description: 'r&amp;d 1' }),
      item(3, { net_amount: '1', description: 'caf\u00e9 1' }),
      item(4, { net_amount: '1', description: 'Caf\u00e9 11' }),
      item(5, { net_amount: '1', description: 'first' }),
    ]);

    expect(found).toEqual([4, 3, 2, 1, 0]);
  });

  it('is found if the API rounds an amount to cents', async () => {
    const entries = ['1.254', '2.999', '2'].map((amount) => ({ toAccount: customer, amount }));

    const found = await indexes(
      entries,
      ['2', '3', '1.25'].map((net_amount, index) => item(index, { net_amount })),
    );

    expect(found).toEqual([2, 1, 0]);
  });

  it('depends on the currency if both the entry and the journal have one', async () => {
    const entries = [
      { toAccount: customer, amount: '1', currency: 'EUR' },
      { toAccount: customer, amount: '1' },
    ];

    const found = await indexes(entries, [
      item(1, { net_amount: '1', currency: 'USD' }),
      item(2, { net_amount: '1', currency: 'eur' }),
    ]);
    const untold = await indexes(entries, [
      item(1, { net_amount: '1', currency: null }),
      item(2, { net_amount: '1', currency: '' }),
    ]);
    const foreign = await indexes(entries.slice(0, 1), [item(1, { net_amount: '1', currency: 'USD' })]);

    expect([found, untold, foreign]).toEqual([[1, 0], [0, 1], [null]]);
  });

  it('depends on the currency of a reverse batch', async () => {
    const found = await reverseIndexes({ currency: 'EUR', entries: [{ fromAccount: payer, amount: '5' }] }, [
      { from_account: payer, net_amount: '5', currency: 'USD' },
      { from_account: payer, net_amount: '5', currency: 'EUR' },
    ]);

    expect(found).toEqual([null, 0]);
  });

  it.each([7, 8, 9])('is correct when the sandbox shuffles its answers with the seed %i', async (batchOrderSeed) => {
    const { gateway } = await startBoth({ batchOrderSeed, clockMode: 'manual' });
    const entries = [customer, otherCustomer, thirdCustomer].flatMap((toAccount) =>
      ['1', '2.50'].map((amount) => ({ toAccount, amount, description: `${toAccount} ${amount}` })),
    );

    const { results = [] } = await mutate(gateway.url, 'createBatchJournal', {
      input: { fromAccount: sweep, entries },
    });

    expect(results).toHaveLength(6);
    for (const { entryIndex, journal } of results) {
      expect(journal.description).toBe(entries[entryIndex ?? -1]?.description);
    }
  });

  it('is found by the paying account in a reverse batch', async () => {
    const entries = [
      { fromAccount: payer, amount: '5.0' },
      { fromAccount: otherPayer, amount: '5' },
    ];

    const found = await reverseIndexes({ entries }, [
      { from_account: otherPayer, net_amount: '5' },
      { from_account: payer, net_amount: '5' },
    ]);

    expect(found).toEqual([1, 0]);
  });
});

describe("a batch's description", () => {
  const send = async (description: string | null | undefined, entries: object[], times = 1) => {
    const { stub, url } = await startStubbed(json(200, []));
    for (let sent = 0; sent < times; sent += 1) {
      await mutate(url, 'createBatchJournal', {
        input: { fromAccount: sweep, description, entries: entries.map((entry) => ({ ...receiver, ...entry })) },
        idempotencyKey: 'key',
      });
    }
    return stub.calls.filter(({ method }) => method === 'POST').map(({ body }) => body);
  };
  const receiver = { toAccount: customer, amount: '1' };
  const descriptionsIn = (body = '') => {
    const { description, entries } = JSON.parse(body) as { description?: string; entries: { description?: string }[] };
    return [description, entries.map((entry) => entry.description)];
  };

  it('is sent with each entry that has no description, and with the batch', async () => {
    const [body] = await send('of all', [{}, { description: null }, { description: '' }, { description: 'own' }]);

    expect(descriptionsIn(body)).toEqual(['of all', ['of all', 'of all', 'of all', 'own']]);
  });

  it.each([undefined, null])('leaves the entries unchanged when it is %j', async (description) => {
    const [body] = await send(description, [{}, { description: '' }, { description: 'own' }]);

    expect(descriptionsIn(body)).toEqual([undefined, [undefined, '', 'own']]);
  });

  it('results in the same bytes when the key is used again', async () => {
    const bodies = await send('of all', [{}, { description: 'own' }], 2);

    expect(bodies.length).toBeGreaterThan(1);
    expect(new Set(bodies).size).toBe(1);
  });
});

describe('a result of a batch', () => {
  it('states why its entry failed, and the other entries succeed', async () => {
    const { url } = await startStubbed(
      json(200, [
        item(1, { to_account: otherCustomer, net_amount: '1', status: 'refused', error_message: 'account closed' }),
        item(2, { to_account: customer, net_amount: '1', error_message: '' }),
      ]),
    );

    const { results } = await mutate(url, 'createBatchJournal', {
      input: {
        fromAccount: sweep,
        entries: [customer, otherCustomer].map((toAccount) => ({ toAccount, amount: '1' })),
      },
    });

    expect(results).toMatchObject([
      { entryIndex: 1, errorMessage: 'account closed', journal: { status: 'REFUSED' } },
      { entryIndex: 0, errorMessage: null, journal: { status: 'QUEUED' } },
    ]);
  });
});

describe('the refusal of a batch by the sandbox', () => {
  it.each([
    [
      'createBatchJournal',
      { fromAccount: sweep, entries: [customer, unknownAccount].map((toAccount) => ({ toAccount, amount: '1' })) },
    ],
    [
      'createReverseBatchJournal',
      {
        toAccount: sweep,
        entries: [richCustomers[0], unknownAccount].map((fromAccount) => ({ fromAccount, amount: '1' })),
      },
    ],
  ] as const)('names the missing account of %s', async (name, input) => {
    const { gateway } = await startBoth();

    const result = await mutate(gateway.url, name, { input });

    expect(result).toMatchObject({ __typename: 'AccountNotFoundError', accountIds: [unknownAccount] });
  });

  it.each([
    ['createBatchJournal', { fromAccount: sweep, entries: [{ toAccount: customer, amount: '50001' }] }],
    ['createReverseBatchJournal', { toAccount: sweep, entries: [{ fromAccount: customer, amount: '1' }] }],
  ] as const)('is InsufficientBalanceError if the balance is too small for %s', async (name, input) => {
    const { gateway } = await startBoth();

    const result = await mutate(gateway.url, name, { input });

    expect(result.__typename).toBe('InsufficientBalanceError');
  });
});
