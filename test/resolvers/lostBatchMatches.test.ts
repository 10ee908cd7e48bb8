import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { WireJournal } from '../../src/upstream/wire/apiBodies.ts';
import { sweep } from '../kit/accounts.ts';
import { LosingUpstream } from '../kit/LosingUpstream.ts';
import { startGateway } from '../kit/startGateway.ts';

import { repeatUntilSettled } from './kit/repeatUntilSettled.ts';

interface Sent {
  amount?: string;
  description?: string | null;
  currency?: string;
}

/** An entry as it was sent, and the fields in which the API stored it differently. */
type Row = [label: string, sent: Sent, stored: Partial<WireJournal>];

const same: Row[] = [
  ['nothing changed', { amount: '10.50', description: 'fees' }, {}],
  ['an amount in another spelling', { amount: '10.50' }, { net_amount: '10.5' }],
  ['an amount in yet another spelling', { amount: '10' }, { net_amount: '10.00' }],
  ['a description without the whitespace around it', { description: ' fees 11\n' }, { description: 'fees 11' }],
  ['a description in another Unicode form', { description: 'Cafe\u0301' }, { description: 'Caf\u00e9' }],
  ['no description and null', { description: null }, { description: null }],
  ['an empty description and none', { description: '' }, { description: null }],
  ['a missing currency', { currency: 'EUR' }, { currency: null }],
  ['an empty currency', { currency: 'EUR' }, { currency: '' }],
  ['a currency in another case', { currency: 'EUR' }, { currency: 'eur' }],
  ['a currency that was not asked for', {}, { currency: 'EUR' }],
  ['an account in upper case', {}, { to_account: sweep.toUpperCase() }],
];

const similar: Row[] = [
  ['whitespace put together', { description: 'fees  11' }, { description: 'fees 11' }],
  ['a no-break space made a space', { description: 'fees\u00a011' }, { description: 'fees 11' }],
  ['a line break made a space', { description: 'fees\r\n11' }, { description: 'fees 11' }],
  ['a zero-width space dropped', { description: 'fees\u200b 11' }, { description: 'fees 11' }],
  ['a byte order mark inside dropped', { description: 'fees\ufeff11' }, { description: 'fees11' }],
  ['a control character dropped', { description: 'fees\u000711' }, { description: 'fees11' }],
  ['another case', { description: 'Straße' }, { description: 'STRASSE' }],
  ['a compatible Unicode form', { description: 'ﬁrst ½' }, { description: 'first 1⁄2' }],
  ['accents lost', { description: 'Café Über' }, { description: 'Cafe Uber' }],
  ['question marks for what is not ASCII', { description: 'Über 手数料 7' }, { description: '?ber ??? 7' }],
  ['what is not ASCII dropped', { description: 'Über 手数料 7' }, { description: 'ber 7' }],
  ['HTML escaped', { description: `R&D <"it's">` }, { description: 'R&amp;D &lt;&quot;it&#39;s&quot;&gt;' }],
  ['HTML escaped twice', { description: 'R&D' }, { description: 'R&amp;amp;D' }],
  ['HTML unescaped', { description: 'R&amp;D' }, { description: 'R&D' }],
  ['punctuation dropped', { description: 'R&D (2026)' }, { description: 'RD 2026' }],
  ['cut off', { description: 'x'.repeat(300) }, { description: 'x'.repeat(255) }],
  ['cut off with dots', { description: 'x'.repeat(300) }, { description: `${'x'.repeat(252)}...` }],
  ['cut off within an entity', { description: 'R&D of it' }, { description: 'R&am' }],
  ['dropped', { description: 'fees 11' }, { description: '' }],
  ['gone', { description: 'fees 11' }, { description: null }],
  ['rounded up to cents', { amount: '1.255' }, { net_amount: '1.26' }],
  ['rounded down to cents', { amount: '1.255' }, { net_amount: '1.25' }],
  ['rounded up to the next unit', { amount: '0.999' }, { net_amount: '1.00' }],
  ['rounded up to a number that ends with a zero', { amount: '1.296' }, { net_amount: '1.30' }],
  ['rounded up to one more digit', { amount: '9.999' }, { net_amount: '10' }],
  ['cut to nothing', { amount: '0.001' }, { net_amount: '0' }],
  ['blurred by a binary float', { amount: '0.3' }, { net_amount: '0.30000000000000004' }],
  ['blurred downwards', { amount: '0.3' }, { net_amount: '0.29999999999999998' }],
  [
    'tidied in several ways',
    { amount: '1.255', description: ' R&D\t1' },
    { net_amount: '1.26', description: 'r&amp;d' },
  ],
  ['of a type that has no amount', {}, { entry_type: 'JNLX', net_amount: null }],
];

const different: Row[] = [
  ['another description', { description: 'fees 11' }, { description: 'fees 12' }],
  ['a longer description', { description: 'fees 1' }, { description: 'fees 11' }],
  ['a description where none was sent', {}, { description: 'fees' }],
  ['other letters', { description: '手数料' }, { description: '給料' }],
  ['another amount of cents', { amount: '1.25' }, { net_amount: '1.26' }],
  ['another amount in another spelling', { amount: '1.255' }, { net_amount: '1.27' }],
  ['a finer amount', { amount: '10' }, { net_amount: '10.25' }],
  ['ten times the amount', { amount: '1.5' }, { net_amount: '15' }],
  ['another currency', { currency: 'USD' }, { currency: 'EUR' }],
  ['another payer', {}, { from_account: randomUUID() }],
  ['another receiver', {}, { to_account: randomUUID() }],
  ['securities', {}, { entry_type: 'JNLS', symbol: 'AAPL', qty: '10', net_amount: null }],
];

/** Sends a batch with a different payer for each row, all at once, and returns the outcome of each batch. */
async function outcomesOf(rows: readonly Row[]): Promise<Record<string, string>> {
  const payers = new Map(rows.map((row) => [randomUUID() as string, row]));
  const api = await LosingUpstream.start((entry) => payers.get(entry.from_account)?.[2] ?? null);
  const { url } = await startGateway(api.url, {}, { outcomes: { settleMs: 300 } });
  const ended = [...payers].map(async ([fromAccount, [label, { amount = '10', description, currency }]]) => {
    const input = { toAccount: sweep, currency, entries: [{ fromAccount, amount, description }] };
    return [label, await untilSettled(url, { input, idempotencyKey: fromAccount })] as const;
  });
  return Object.fromEntries(await Promise.all(ended));
}

async function untilSettled(url: string, variables: Record<string, unknown>): Promise<string> {
  const { __typename, message } = await repeatUntilSettled(url, variables);
  return message === 'nothing was done; use a new key' ? 'not done' : __typename;
}

function each(rows: readonly Row[], outcome: string): Record<string, string> {
  return Object.fromEntries(rows.map(([label]) => [label, outcome]));
}

describe('a lost reverse batch', () => {
  it('is done if the API has the same journal', async () => {
    expect(await outcomesOf(same)).toEqual(each(same, 'CreateReverseBatchJournalSuccess'));
  });

  it('stays unknown if the API has a similar journal, which an operator must check', async () => {
    expect(await outcomesOf(similar)).toEqual(each(similar, 'OutcomeUnknownError'));
  });

  it('is not done if the API has only a different journal', async () => {
    expect(await outcomesOf(different)).toEqual(each(different, 'not done'));
  });
});

describe('another lost reverse batch', () => {
  const [payer, otherPayer] = [randomUUID(), randomUUID()];
  const entry = { fromAccount: payer, amount: '10', description: 'fees ' };
  const lose = async (store: Parameters<typeof LosingUpstream.start>[0]) => {
    const api = await LosingUpstream.start(store);
    const gateway = await startGateway(api.url, {}, { outcomes: { settleMs: 300 } });
    return { api, url: gateway.url };
  };
  const batchOf = (entries: object[], idempotencyKey = 'key', currency?: string) => ({
    input: { toAccount: sweep, currency, entries },
    idempotencyKey,
  });

  it('with equal entries is done if there is a journal for each', async () => {
    const { url } = await lose(({ description = '' }) => ({ description: description.trim() }));

    expect(await untilSettled(url, batchOf([entry, entry, entry]))).toBe('CreateReverseBatchJournalSuccess');
  });

  it('with equal entries stays unknown if one journal is missing', async () => {
    let stored = 0;
    const { url } = await lose(() => ((stored += 1) < 3 ? {} : null));

    expect(await untilSettled(url, batchOf([entry, entry, entry]))).toBe('OutcomeUnknownError');
  });

  it('stays unknown if some of its journals are only similar', async () => {
    const { url } = await lose(({ amount }) => ({ net_amount: Number(amount).toFixed(2) }));
    const entries = [entry, { ...entry, fromAccount: otherPayer, amount: '10.555' }];

    expect(await untilSettled(url, batchOf(entries))).toBe('OutcomeUnknownError');
  });

  it('without a currency stays unknown if its journals could be of two currencies', async () => {
    const foreign = { from_account: payer, to_account: sweep, net_amount: '10', description: 'fees', currency: 'EUR' };
    const { api, url } = await lose(() => {
      api.add(foreign);
      return { currency: 'USD' };
    });

    expect(await untilSettled(url, batchOf([{ ...entry, description: 'fees' }]))).toBe('OutcomeUnknownError');
  });

  it('does not claim a journal that a batch with a similar description may have created', async () => {
    let stored = 0;
    const { url } = await lose(() => ((stored += 1) === 1 ? { description: 'fees' } : null));
    const twins = ['fees ', 'fees', 'Fees'].map((description, index) =>
      batchOf([{ ...entry, description }], `key-${index}`),
    );

    const ended = await Promise.all(twins.map((twin) => untilSettled(url, twin)));

    expect(ended).toEqual(['OutcomeUnknownError', 'OutcomeUnknownError', 'OutcomeUnknownError']);
  });

  it('is distinguished from a batch whose description begins with its own', async () => {
    const { url } = await lose(() => ({}));
    const descriptions = ['fees 1', 'fees 11', 'fees 111'];
    const batches = descriptions.map((description) => batchOf([{ ...entry, description }], description));

    const ended = await Promise.all(batches.map((batch) => untilSettled(url, batch)));

    expect(new Set(ended)).toEqual(new Set(['CreateReverseBatchJournalSuccess']));
  });
});
