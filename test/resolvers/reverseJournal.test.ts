import { describe, expect, it } from 'vitest';

import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, otherCustomer, richCustomers, sweep, unknownAccount } from '../kit/accounts.ts';
import { control } from '../kit/control.ts';
import { openJournalsClient } from '../kit/openJournalsClient.ts';
import { mutate } from '../kit/mutate.ts';
import { operate } from '../kit/operate.ts';
import type { Outcome } from '../kit/operate.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';

import { countCalls } from './kit/countCalls.ts';

const reversing = `mutation ($id: ID!, $description: String) { it: reverseJournal(id: $id, description: $description) {
  __typename
  ... on JournalError { message }
  ... on JournalNotReversableError { journal { id status } }
  ... on InvalidRequestError { issues { path message } }
  ... on ReverseJournalSuccess { replayed original { id } reversal {
    id progress description currency fromAccount { id } toAccount { id } ... on JNLC { netAmount } } } } }`;

interface Reversed {
  __typename: string;
  message?: string;
  replayed?: boolean | null;
  original?: { id: string };
  reversal?: { id: string; description: string; progress: string };
}

function resultOf({ data, errors }: Outcome): Reversed {
  expect(errors).toBeUndefined();
  return (data as { it: Reversed }).it;
}

async function reverse(url: string, variables: Record<string, unknown>): Promise<Reversed> {
  return resultOf(await operate('HTTP', url, null, reversing, variables));
}

async function create(url: string, input: Record<string, unknown>): Promise<string> {
  const { journal, message } = await mutate(url, 'createJournal', { input });
  if (!journal) throw new Error(message);
  return journal.id;
}

function cash(amount = '10.25', more: Record<string, unknown> = {}): Record<string, unknown> {
  return { jnlc: { fromAccount: sweep, toAccount: customer, amount, ...more } };
}

/** Starts a gateway with an executed cash journal. */
async function startExecuted(input = cash()) {
  const { gateway, sandbox } = await startBoth({ jnlcFlow: 'v2', settleDelayMs: 0 });
  const { url } = gateway;
  return { sandbox, url, id: await create(url, input) };
}

async function journalsOf(sandbox: Sandbox) {
  return (await openJournalsClient(sandbox.url).list({ limit: 1_000 })).journals;
}

describe('reverseJournal', () => {
  it.each(['HTTP', 'WebSocket', 'SSE'] as const)('moves the same cash back over %s, and links both', async (door) => {
    const { url, id } = await startExecuted(cash('10.25', { currency: 'EUR' }));

    const result = resultOf(await operate(door, url, null, reversing, { id, description: 'wrong customer' }));

    expect(result).toEqual({
      __typename: 'ReverseJournalSuccess',
      replayed: false,
      original: { id },
      reversal: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        progress: 'DONE',
        description: `Reversal of journal ${id}: wrong customer`,
        currency: 'EUR',
        fromAccount: { id: customer },
        toAccount: { id: sweep },
        netAmount: '10.25',
      },
    });
  });

  it('returns the first reversal to every later request, whatever its description', async () => {
    const { sandbox, url, id } = await startExecuted();
    const other = await startGateway(sandbox.url);
    const first = await reverse(url, { id });

    const again = await reverse(url, { id, description: 'another text' });
    const elsewhere = await reverse(other.url, { id: id.toUpperCase(), description: 'a third text' });

    expect([again, elsewhere]).toEqual([
      { ...first, replayed: true },
      { ...first, replayed: true },
    ]);
    expect(await journalsOf(sandbox)).toHaveLength(2);
  });

  it('sends nothing when the reversal exists, since the API may have forgotten its key', async () => {
    const { sandbox, url, id } = await startExecuted();
    await reverse(url, { id });
    const creates = await countCalls(sandbox, 'createJournal');

    await reverse(url, { id });

    expect(await countCalls(sandbox, 'createJournal')).toBe(creates);
  });

  it('creates one reversal for concurrent requests with different descriptions to several gateways', async () => {
    const { sandbox, url, id } = await startExecuted();
    const other = await startGateway(sandbox.url);

    const results = await Promise.all(
      Array.from({ length: 12 }, (_, n) => reverse(n % 2 ? url : other.url, { id, description: `ask ${n}` })),
    );

    const [journal] = (await journalsOf(sandbox)).filter(({ fromAccount }) => fromAccount === customer);
    expect(results.map(({ reversal }) => reversal?.id)).toEqual(new Array(12).fill(journal?.id));
    expect(await journalsOf(sandbox)).toHaveLength(2);
  });

  it('does not collide with a client that sends the key of the reversal as its own', async () => {
    const { sandbox, url, id } = await startExecuted(cash('2'));
    await reverse(url, { id });
    const log = await control<{ operation: string; idempotencyKey: string }[]>(sandbox, 'GET', 'log');
    const sent = log.findLast(({ operation }) => operation === 'createJournal')?.idempotencyKey;

    const result = await mutate(url, 'createJournal', { input: cash('3'), idempotencyKey: sent });

    expect(result.__typename).toBe('CreateJournalSuccess');
    expect(await journalsOf(sandbox)).toHaveLength(3);
  });

  it.each([
    ['pending', 'UNDER_WAY', /not executed yet/],
    ['rejected', 'REJECTED', /failed and moved nothing/],
    ['canceled', 'CANCELED', /failed and moved nothing/],
  ])('refuses a journal that is %s, and shows it', async (status, _shown, message) => {
    const { sandbox, url, id } = await startExecuted();
    await control(sandbox, 'POST', `journals/${id}/status`, { status });

    expect(await reverse(url, { id })).toEqual({
      __typename: 'JournalNotReversableError',
      message: expect.stringMatching(message) as string,
      journal: { id, status: status.toUpperCase() },
    });
  });

  it('refuses a corrected journal and reverses the one that replaced it', async () => {
    const { sandbox, url, id } = await startExecuted();
    const { replacement } = await control<{ replacement: { id: string } }>(sandbox, 'POST', `journals/${id}/status`, {
      status: 'correct',
      amount: '7.5',
    });

    expect((await reverse(url, { id })).message).toMatch(/replaced by another/);
    expect(await reverse(url, { id: replacement.id })).toMatchObject({ reversal: { netAmount: '7.5' } });
  });

  it('refuses securities, and a journal that is itself a reversal', async () => {
    const jnls = { fromAccount: sweep, toAccount: customer, symbol: 'AAPL', qty: '1' };
    const { url, id } = await startExecuted();
    const securities = await create(url, { jnls });
    const { reversal } = await reverse(url, { id });

    expect((await reverse(url, { id: securities })).message).toMatch(/only cash journals/);
    expect((await reverse(url, { id: reversal?.id })).message).toMatch(/is itself a reversal/);
  });

  it('has an error type for a missing journal, an invalid ID, a long description and a receiver without the cash', async () => {
    const { url, id } = await startExecuted(cash('1'));
    const other = { jnlc: { fromAccount: customer, toAccount: sweep, amount: '1' } };
    await create(url, other);

    const types = [
      await reverse(url, { id: unknownAccount }),
      await reverse(url, { id: 'nonsense' }),
      await reverse(url, { id, description: 'x'.repeat(1_000) }),
      await reverse(url, { id }),
    ];

    expect(types.map((result) => result.__typename)).toEqual([
      'JournalNotFoundError',
      'InvalidRequestError',
      'InvalidRequestError',
      'InsufficientBalanceError',
    ]);
  });

  it('sends nothing if it cannot determine whether a reversal exists', async () => {
    const { sandbox, url, id } = await startExecuted();
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'answer', status: 500, operations: ['listJournals'] }],
    });

    const result = await reverse(url, { id });
    await control(sandbox, 'DELETE', 'faults');

    expect(result.__typename).toBe('UpstreamUnavailableError');
    expect(result.message).toMatch(/nothing was sent/);
    expect(await journalsOf(sandbox)).toHaveLength(1);
  });

  it('requires the right to pay from the account that received the cash', async () => {
    const sandbox = await startSandbox({ jnlcFlow: 'v2', settleDelayMs: 0 });
    const rich = richCustomers[0];
    const write = ['journals:read', 'journals:write'] as ('journals:read' | 'journals:write')[];
    const keyed = await startWithKeys(sandbox.url, {
      officer: { scopes: write, fromAccounts: ['*'] },
      sweeper: { scopes: write, accounts: [rich], fromAccounts: [sweep] },
      customer: { scopes: write, accounts: [rich], fromAccounts: [rich] },
      stranger: { scopes: write, accounts: [otherCustomer], fromAccounts: ['*'] },
      reader: { scopes: ['journals:read'], fromAccounts: ['*'] },
    });
    const { data } = await keyed.ask(
      'officer',
      `mutation { it: createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${rich}", amount: "1" } }) {
        ... on CreateJournalSuccess { journal { id } } } }`,
    );
    const { id } = (data as { it: { journal: { id: string } } }).it.journal;
    const outcomeFor = async (who: Parameters<typeof keyed.ask>[0]) => {
      const outcome = await keyed.ask(who, reversing, { id });
      return outcome.errors?.[0]?.extensions?.['code'] ?? resultOf(outcome).__typename;
    };

    expect(await outcomeFor('reader')).toBe('FORBIDDEN');
    expect(await outcomeFor('sweeper')).toBe('FORBIDDEN');
    expect(await outcomeFor('stranger')).toBe('JournalNotFoundError');
    expect(await journalsOf(sandbox)).toHaveLength(1);
    expect(await outcomeFor('customer')).toBe('ReverseJournalSuccess');
    expect(await outcomeFor('officer')).toBe('ReverseJournalSuccess');
    expect(await journalsOf(sandbox)).toHaveLength(2);
  });
});
