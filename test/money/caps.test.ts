import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import Big from 'big.js';
import { describe, expect, it } from 'vitest';

import type { KeyEntry } from '../../src/auth/keyFile.ts';
import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, otherCustomer, richCustomers, sweep } from '../kit/accounts.ts';
import { control } from '../kit/control.ts';
import { Gate } from '../kit/Gate.ts';
import { Issuer } from '../kit/Issuer.ts';
import { openJournalsClient } from '../kit/openJournalsClient.ts';
import { bearer, doors, operate } from '../kit/operate.ts';
import type { Outcome } from '../kit/operate.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import type { KeyedGateway } from '../kit/startWithKeys.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { breakNetwork } from './kit/faults.ts';

const writer = { scopes: ['journals:read', 'journals:write'], fromAccounts: ['*'] } satisfies Partial<KeyEntry>;

const createJournal = `mutation ($input: CreateJournalInput!, $key: String) {
  it: createJournal(input: $input, idempotencyKey: $key) {
    __typename
    ... on CreateJournalSuccess { replayed journal { id } }
    ... on JournalError { message }
  }
}`;
const createBatch = `mutation ($input: CreateBatchJournalInput!, $key: String) {
  it: createBatchJournal(input: $input, idempotencyKey: $key) { __typename ... on JournalError { message } }
}`;
const createReverseBatch = `mutation ($input: CreateReverseBatchJournalInput!, $key: String) {
  it: createReverseBatchJournal(input: $input, idempotencyKey: $key) {
    __typename
    ... on OutcomeUnknownError { retryAt }
    ... on JournalError { message }
  }
}`;

function cash(amount: string, more: object = {}): object {
  return { jnlc: { fromAccount: sweep, toAccount: customer, amount, ...more } };
}

function batch(...amounts: string[]): object {
  return { fromAccount: sweep, entries: amounts.map((amount) => ({ toAccount: customer, amount })) };
}

function reverseBatch(...amounts: string[]): object {
  return { toAccount: sweep, entries: amounts.map((amount) => ({ fromAccount: richCustomers[0], amount })) };
}

/** Returns the type of the result, or the code of the error. */
function summarize({ data, errors }: Outcome): string {
  const code = errors?.[0]?.extensions?.['code'];
  return typeof code === 'string' ? code : ((data?.['it'] as { __typename: string } | null)?.__typename ?? 'nothing');
}

/** Returns the sum of all cash that the sandbox has moved. */
async function movedBy(sandbox: Sandbox): Promise<string> {
  const { journals } = await openJournalsClient(sandbox.url).list({ limit: 100_000 });
  const amounts = journals.map((journal) => (journal.entryType === 'JNLC' ? journal.netAmount : '0'));
  return amounts.reduce((sum, amount) => sum.plus(amount), new Big(0)).toFixed();
}

async function writesTo(sandbox: Sandbox): Promise<number> {
  const log = await control<{ operation: string }[]>(sandbox, 'GET', 'log');
  return log.filter(({ operation }) => operation.startsWith('create')).length;
}

/** Starts a gateway with one principal `agent` that has these caps. */
async function startCapped(
  caps: Partial<KeyEntry>,
  file: string | null = null,
): Promise<{ sandbox: Sandbox; keyed: KeyedGateway<'agent'> }> {
  const sandbox = await startSandbox();
  const keyed = await startWithKeys(sandbox.url, { agent: { ...writer, ...caps } }, { outcomes: { file } });
  return { sandbox, keyed };
}

describe('maxAmount', () => {
  it.each(doors)('refuses a create above it over %s, and sends nothing', async (door) => {
    const { sandbox, keyed } = await startCapped({ maxAmount: { USD: '10.00' } });

    const { data, errors } = await operate(door, keyed.url, keyed.credentials.agent, createJournal, {
      input: cash('10.01'),
    });

    expect(data).toEqual({ it: null });
    expect(errors).toMatchObject([
      {
        path: ['it'],
        extensions: { code: 'CAP_EXCEEDED', cap: 'maxAmount', currency: 'USD', limit: '10', left: '10' },
      },
    ]);
    expect(await writesTo(sandbox)).toBe(0);
  });

  it.each([
    ['a create of exactly that amount', createJournal, cash('10.000'), 'CreateJournalSuccess'],
    ['a batch whose sum is that amount', createBatch, batch('4', '6'), 'CreateBatchJournalSuccess'],
    ['a batch whose sum is above it', createBatch, batch('4', '6.01'), 'CAP_EXCEEDED'],
    [
      'a reverse batch whose sum is that amount',
      createReverseBatch,
      reverseBatch('4', '6'),
      'CreateReverseBatchJournalSuccess',
    ],
    ['a reverse batch whose sum is above it', createReverseBatch, reverseBatch('4', '6.01'), 'CAP_EXCEEDED'],
    ['a create in another currency', createJournal, cash('0.01', { currency: 'EUR' }), 'CAP_EXCEEDED'],
    [
      'a create above it in the same currency in lower case',
      createJournal,
      cash('10.01', { currency: 'usd' }),
      'CAP_EXCEEDED',
    ],
    ['a create with a trillionth more', createJournal, cash('10.000000000001'), 'CAP_EXCEEDED'],
  ])('gives %s the expected result', async (_what, query, input, expected) => {
    const { keyed } = await startCapped({ maxAmount: { USD: '10' } });

    expect(summarize(await keyed.ask('agent', query, { input }))).toBe(expected);
  });

  it("counts a create without a currency in the firm's currency", async () => {
    const sandbox = await startSandbox({ systemCurrency: 'GBP' });
    const issuer = await Issuer.start();
    const { url } = await startGateway(sandbox.url, { currency: 'GBP' }, { auth: issuer.auth });
    const claims = { scope: 'journals:write', fromAccounts: ['*'], maxAmount: { GBP: '10' } };
    const credential = bearer(await issuer.token(claims));

    const words = await Promise.all(
      ['10', '10.01'].map(async (amount) =>
        summarize(await operate('HTTP', url, credential, createJournal, { input: cash(amount) })),
      ),
    );

    expect(words).toEqual(['CreateJournalSuccess', 'CAP_EXCEEDED']);
  });
});

describe('symbols', () => {
  const shares = { jnls: { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '1' } };

  it.each<[string, Partial<KeyEntry>, string]>([
    ['are unlimited without caps', {}, 'CreateJournalSuccess'],
    ['allow a listed symbol, in any case', { symbols: ['TSLA', 'aapl'] }, 'CreateJournalSuccess'],
    ['refuse any other symbol', { symbols: ['TSLA'] }, 'FORBIDDEN'],
    ['refuse all securities if the list is empty', { symbols: [] }, 'FORBIDDEN'],
    ['refuse all securities if only amounts are capped', { maxDailyAmount: { USD: '1000' } }, 'FORBIDDEN'],
    [
      'allow a listed symbol beside caps on amounts',
      { maxAmount: { USD: '1' }, symbols: ['AAPL'] },
      'CreateJournalSuccess',
    ],
  ])('%s', async (_what, caps, expected) => {
    const { sandbox, keyed } = await startCapped(caps);

    const outcome = await keyed.ask('agent', createJournal, { input: shares });

    expect(summarize(outcome)).toBe(expected);
    if (expected === 'FORBIDDEN') {
      expect(outcome.errors?.[0]?.message).toContain('symbol');
      expect(await writesTo(sandbox)).toBe(0);
    }
  });
});

describe('maxDailyAmount', () => {
  it('adds up creates, batches and reverse batches, and reports the remaining amount', async () => {
    const { sandbox, keyed } = await startCapped({ maxDailyAmount: { USD: '10' } });

    await keyed.ask('agent', createJournal, { input: cash('1.10') });
    await keyed.ask('agent', createBatch, { input: batch('1.01', '2') });
    await keyed.ask('agent', createReverseBatch, { input: reverseBatch('0.5', '0.5') });
    const refused = await keyed.ask('agent', createJournal, { input: cash('4.90') });

    expect(refused.errors).toMatchObject([
      { extensions: { code: 'CAP_EXCEEDED', cap: 'maxDailyAmount', currency: 'USD', limit: '10', left: '4.89' } },
    ]);
    expect(summarize(await keyed.ask('agent', createJournal, { input: cash('4.89') }))).toBe('CreateJournalSuccess');
    expect(await movedBy(sandbox)).toBe('10');
  });

  it('is not used up by another principal and reveals nothing about it', async () => {
    const sandbox = await startSandbox();
    const capped = { ...writer, maxDailyAmount: { USD: '10' } };
    const keyed = await startWithKeys(sandbox.url, { ann: capped, ben: capped });
    await keyed.ask('ann', createJournal, { input: cash('9') });

    const { errors } = await keyed.ask('ben', createJournal, { input: cash('11') });

    expect(errors).toMatchObject([{ extensions: { code: 'CAP_EXCEEDED', left: '10' } }]);
  });

  it('counts a replayed key once, and keys of different mutations separately', async () => {
    const { keyed } = await startCapped({ maxDailyAmount: { USD: '10' } });
    const create = () => keyed.ask('agent', createJournal, { input: cash('5'), key: 'key' });

    expect([summarize(await create()), summarize(await create())]).toEqual([
      'CreateJournalSuccess',
      'CreateJournalSuccess',
    ]);
    const reverse = { input: reverseBatch('5'), key: 'key' };
    expect(summarize(await keyed.ask('agent', createReverseBatch, reverse))).toBe('CreateReverseBatchJournalSuccess');
    expect(summarize(await keyed.ask('agent', createReverseBatch, reverse))).toBe('CreateReverseBatchJournalSuccess');
    expect(summarize(await keyed.ask('agent', createJournal, { input: cash('0.01') }))).toBe('CAP_EXCEEDED');
  });

  it('counts a larger amount under a used key until the API refuses it', async () => {
    const { keyed } = await startCapped({ maxDailyAmount: { USD: '10' } });
    const ask = async (amount: string, key?: string) =>
      summarize(await keyed.ask('agent', createJournal, { input: cash(amount), key }));

    expect(await ask('1', 'key')).toBe('CreateJournalSuccess');
    expect(await ask('10.01', 'key')).toBe('CAP_EXCEEDED');
    expect(await ask('10', 'key')).toBe('IdempotencyConflictError');
    expect(await ask('9')).toBe('CreateJournalSuccess');
    expect(await ask('0.01')).toBe('CAP_EXCEEDED');
  });

  it('counts a reversal once', async () => {
    const sandbox = await startSandbox();
    const keyed = await startWithKeys(sandbox.url, {
      ann: writer,
      agent: { ...writer, maxDailyAmount: { USD: '10' } },
    });
    const idOf = ({ data }: Outcome) => (data as { it: { journal: { id: string } } }).it.journal.id;
    const reverse = async (id: string) => {
      await keyed.ask('ann', `{ awaitJournal(id: "${id}") { timedOut } }`);
      return summarize(await keyed.ask('agent', `mutation { it: reverseJournal(id: "${id}") { __typename } }`));
    };
    const [six, five] = await Promise.all(
      ['6', '5'].map(async (amount) => idOf(await keyed.ask('ann', createJournal, { input: cash(amount) }))),
    );

    expect(await reverse(six ?? '')).toBe('ReverseJournalSuccess');
    expect(await reverse(six ?? '')).toBe('ReverseJournalSuccess');
    expect(await reverse(five ?? '')).toBe('CAP_EXCEEDED');
  });

  it('is released by a create that the API refuses', async () => {
    const { keyed } = await startCapped({ maxDailyAmount: { USD: '10' } });
    const foreign = { jnlc: { fromAccount: otherCustomer, toAccount: sweep, amount: '10' } };

    expect(summarize(await keyed.ask('agent', createJournal, { input: foreign }))).toBe('InsufficientBalanceError');
    expect(summarize(await keyed.ask('agent', createJournal, { input: cash('10') }))).toBe('CreateJournalSuccess');
  });

  it('persists across restarts, and counts a create whose answer is lost until its key settles it', async () => {
    const sandbox = await startSandbox();
    const file = join(await temporaryFolder(), 'outcomes.db');
    const issuer = await Issuer.start();
    const claims = { scope: 'journals:write', fromAccounts: ['*'], maxDailyAmount: { USD: '10' } };
    const credential = bearer(await issuer.token(claims));
    const start = () => startGateway(sandbox.url, {}, { auth: issuer.auth, outcomes: { file } });
    const ask = async (url: string, amount: string, key: string) =>
      summarize(await operate('HTTP', url, credential, createJournal, { input: cash(amount), key }));
    const before = await start();
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'answerLost', probability: 1, operations: ['createJournal'] }],
    });

    expect(await ask(before.url, '6', 'lost')).toBe('OutcomeUnknownError');
    await control(sandbox, 'DELETE', 'faults');
    await before.close();
    const after = await start();

    expect(await ask(after.url, '4.01', 'second')).toBe('CAP_EXCEEDED');
    expect(await ask(after.url, '6', 'lost')).toBe('CreateJournalSuccess');
    expect(await ask(after.url, '4', 'second')).toBe('CreateJournalSuccess');
    expect(await ask(after.url, '0.01', 'third')).toBe('CAP_EXCEEDED');
    expect(await movedBy(sandbox)).toBe('10');
  });

  it('is released by a lost reverse batch as soon as it is proved not to have been executed', async () => {
    const sandbox = await startSandbox();
    const grants = { agent: { ...writer, maxDailyAmount: { USD: '10' } } };
    const keyed = await startWithKeys(sandbox.url, grants, { outcomes: { settleMs: 1_000 } });
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'reset', probability: 1, operations: ['createReverseBatch'] }],
    });

    const lost = await keyed.ask('agent', createReverseBatch, { input: reverseBatch('10'), key: 'lost' });
    await control(sandbox, 'DELETE', 'faults');

    expect(['OutcomeUnknownError', 'UpstreamUnavailableError']).toContain(summarize(lost));
    const create = async () => summarize(await keyed.ask('agent', createJournal, { input: cash('10'), key: 'next' }));
    let word = await create();
    while (word === 'CAP_EXCEEDED') {
      await wait(100);
      word = await create();
    }
    expect(word).toBe('CreateJournalSuccess');
  });

  it('is not exceeded by a cent by 600 creates on a network that loses responses, across a restart', async () => {
    const sandbox = await startSandbox();
    const file = join(await temporaryFolder(), 'outcomes.db');
    const grants = { agent: { ...writer, maxDailyAmount: { USD: '20.00' } } };
    const issuer = await Issuer.start();
    const credential = bearer(
      await issuer.token({ sub: 'agent', scope: 'journals:write', ...grants.agent, scopes: undefined }),
    );
    const start = () => startGateway(sandbox.url, {}, { auth: issuer.auth, outcomes: { file } });
    await breakNetwork(sandbox, 11, 0.001);
    let gateway = await start();
    const underway = new Gate();
    const settled: { amount: string; word: string }[] = [];
    const createUntilSettled = async (index: number) => {
      const amount = new Big(0.01).times(1 + (index % 7)).toFixed();
      for (;;) {
        const variables = { input: cash(amount, { description: `capped ${index}` }), key: `capped-${index}` };
        const word = await operate('HTTP', gateway.url, credential, createJournal, variables).then(
          summarize,
          () => 'gone',
        );
        if (word === 'CreateJournalSuccess' || word === 'CAP_EXCEEDED') {
          settled.push({ amount, word });
          if (settled.length === 100) underway.open();
          return;
        }
        expect([
          'gone',
          'OutcomeUnknownError',
          'UpstreamUnavailableError',
          'RateLimitedError',
          'SHUTTING_DOWN',
        ]).toContain(word);
        await wait(50);
      }
    };
    const createRange = async (from: number, to: number) => {
      const waiting = Array.from({ length: to - from }, (_, position) => from + position);
      const worker = async () => {
        for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) await createUntilSettled(index);
      };
      await Promise.all(Array.from({ length: 24 }, worker));
    };

    const first = createRange(0, 300);
    await underway.opened;
    await gateway.close();
    gateway = await start();
    await first;
    await createRange(300, 600);
    await control(sandbox, 'DELETE', 'faults');

    const done = settled.filter(({ word }) => word === 'CreateJournalSuccess');
    const sum = done.reduce((total, { amount }) => total.plus(amount), new Big(0)).toFixed();
    const moved = await movedBy(sandbox);
    expect(settled).toHaveLength(600);
    expect(moved).toBe(sum);
    expect(new Big(moved).lte('20')).toBe(true);
    // The remaining amount is less than the smallest create that was refused.
    expect(new Big(moved).gt('19.93')).toBe(true);
  }, 120_000);
});
