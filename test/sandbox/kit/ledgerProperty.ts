import { join } from 'node:path';

import fc from 'fast-check';

import { type Sandbox, createSandbox } from '../../../src/sandbox/createSandbox.ts';
import { closedAccountId, customerAccountIds, seedAccounts, sweepAccountId } from '../../../src/sandbox/setup/seed.ts';
import { temporaryFolder } from '../../kit/temporaryFolder.ts';
import { auditLedger } from './auditLedger.ts';
import { SandboxClient } from './startSandbox.ts';

export type Operation =
  | { do: 'request'; path: string; body: object; key: string | undefined }
  | { do: 'delete'; pick: number }
  | { do: 'move'; pick: number; status: string; amount: string }
  | { do: 'clock'; advanceMs: number }
  | { do: 'end-of-day' }
  | { do: 'restart' };

const account = fc.constantFrom(sweepAccountId, ...customerAccountIds, closedAccountId);
const amount = fc.oneof(
  fc
    .integer({ min: 1, max: 100_000 })
    .map((cents) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`),
  fc.integer({ min: 1, max: 999_999_999 }).map((billionths) => `0.${String(billionths).padStart(9, '0')}`),
  // Two transfers of such an amount exceed the balance of a sender.
  fc.constantFrom('600', '30000'),
  fc.constant('99999999999999999999.999999999'),
);
const currency = fc.constantFrom('USD', 'USD', 'EUR', undefined);
const description = fc.constantFrom(
  undefined,
  undefined,
  'x',
  '/fixtures/status=rejected/fixtures/',
  '/fixtures/status=pending/fixtures/',
  '/fixtures/status=refused/fixtures/',
);
const key = fc.option(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { nil: undefined, freq: 3 });
const fromSweep = fc.constantFrom(sweepAccountId, sweepAccountId, ...customerAccountIds);

const cashBody = fc.record({
  entry_type: fc.constant('JNLC'),
  from_account: account,
  to_account: account,
  amount,
  currency,
  description,
});
const sharesBody = fc.record({
  entry_type: fc.constant('JNLS'),
  from_account: fromSweep,
  to_account: account,
  symbol: fc.constantFrom('AAPL', 'MSFT', 'NOPE'),
  qty: amount,
  description,
});
const batchBody = fc.record({
  entry_type: fc.constant('JNLC'),
  from_account: fromSweep,
  entries: fc.array(fc.record({ to_account: fc.constantFrom(...customerAccountIds), amount, description }), {
    minLength: 1,
    maxLength: 4,
  }),
});
const reverseBody = fc.record({
  entry_type: fc.constant('JNLC'),
  to_account: fc.constant(sweepAccountId),
  entries: fc.array(fc.record({ from_account: fc.constantFrom(...customerAccountIds.slice(3)), amount }), {
    minLength: 1,
    maxLength: 4,
  }),
});

const request = (path: string, body: fc.Arbitrary<object>): fc.Arbitrary<Operation> =>
  fc.record({ do: fc.constant('request' as const), path: fc.constant(path), body, key });

const status = fc.constantFrom(
  'rejected',
  'refused',
  'canceled',
  'deleted',
  'correct',
  'executed',
  'activity_created',
  'pending',
);

/** Any operation: mostly a create, seldom a restart. */
export const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 12, arbitrary: request('/v1/journals', cashBody) },
  { weight: 5, arbitrary: request('/v1/journals', sharesBody) },
  { weight: 5, arbitrary: request('/v1/journals/batch', batchBody) },
  { weight: 4, arbitrary: request('/v1/journals/reverse_batch', reverseBody) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('delete' as const), pick: fc.nat() }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('move' as const), pick: fc.nat(), status, amount }) },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('clock' as const), advanceMs: fc.integer({ min: 0, max: 3_000 }) }),
  },
  { weight: 3, arbitrary: fc.constant({ do: 'end-of-day' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
);

/** Runs operations one after another on a ledger in a file and returns the violated invariants. */
export async function runOperations(operations: readonly Operation[]): Promise<string[]> {
  const run = new LedgerRun(join(await temporaryFolder(), 'ledger.db'));
  try {
    await run.open();
    for (const item of operations) await run.perform(item);
    return await run.finish();
  } finally {
    await run.close();
  }
}

class LedgerRun {
  readonly #file: string;
  readonly #problems: string[] = [];
  readonly #ids: string[] = [];
  readonly #answers = new Map<string, { request: string; answer: string }>();
  #sandbox: Sandbox | undefined;
  #starts = 0;
  #client = new SandboxClient('');

  constructor(file: string) {
    this.#file = file;
  }

  /** Starts the sandbox, alternating between the two flows, since a ledger file must work with both. */
  async open(): Promise<void> {
    this.#starts += 1;
    this.#sandbox = await createSandbox({
      keyId: 'key',
      secretKey: 'secret',
      dataFile: this.#file,
      clockMode: 'manual',
      settleDelayMs: 1_000,
      perJournalLimit: '500',
      dailyLimit: '5000',
      firmDailyLimit: '5000',
      securitiesLimit: '20000',
      jnlcFlow: this.#starts % 2 === 1 ? 'v2' : 'classic',
    });
    this.#client = new SandboxClient(this.#sandbox.url);
  }

  async close(): Promise<void> {
    await this.#client.close();
    await this.#sandbox?.close();
    this.#sandbox = undefined;
  }

  async perform(item: Operation): Promise<void> {
    switch (item.do) {
      case 'request':
        return this.#request(item);
      case 'delete':
        await this.#client.send('DELETE', `/v1/journals/${this.#pick(item.pick)}`);
        return;
      case 'move':
        await this.#move(item);
        return;
      case 'clock':
        await this.#client.post('/sandbox/clock', { advanceMs: item.advanceMs });
        return;
      case 'end-of-day':
        await this.#client.post('/sandbox/end-of-day');
        return;
      case 'restart':
        await this.close();
        return this.open();
    }
  }

  async finish(): Promise<string[]> {
    await this.#checkTotals();
    await this.#checkAnswers();
    await this.close();
    return [...this.#problems, ...auditLedger(this.#file)];
  }

  #pick(index: number): string {
    return this.#ids[index % Math.max(1, this.#ids.length)] ?? '00000000-1111-4222-8333-444444444444';
  }

  async #request({ path, body, key }: Extract<Operation, { do: 'request' }>): Promise<void> {
    const {
      status,
      text,
      body: answer,
    } = await this.#client.post(path, body, key === undefined ? {} : { 'idempotency-key': key });
    if (status >= 500) this.#problems.push(`${path} was answered with ${status}: ${text}`);
    if (status !== 200) return;
    for (const { id } of [answer].flat() as { id: string }[]) if (!this.#ids.includes(id)) this.#ids.push(id);
    if (key === undefined || path.endsWith('reverse_batch')) return;
    const first = this.#answers.get(key) ?? { request: JSON.stringify([path, body]), answer: text };
    if (first.answer !== text)
      this.#problems.push(`the second answer to key ${key} is ${text}, the first was ${first.answer}`);
    this.#answers.set(key, first);
  }

  async #move({ pick, status, amount }: Extract<Operation, { do: 'move' }>): Promise<void> {
    const path = `/sandbox/journals/${this.#pick(pick)}/status`;
    const { body } = await this.#client.post<{ replacement?: { id: string } | null }>(path, {
      status,
      amount,
      qty: amount,
    });
    if (body.replacement) this.#ids.push(body.replacement.id);
  }

  async #checkTotals(): Promise<void> {
    const { body } = await this.#client.get<{ holdings: Record<string, string> }>('/sandbox/stats');
    for (const [unit, total] of Object.entries(seededTotals())) {
      if (body.holdings[unit] !== total)
        this.#problems.push(`the total of ${unit} changed from ${total} to ${body.holdings[unit] ?? 'nothing'}`);
    }
  }

  async #checkAnswers(): Promise<void> {
    for (const [key, { request, answer }] of this.#answers) {
      const [path, body] = JSON.parse(request) as [string, object];
      const { text } = await this.#client.post(path, body, { 'idempotency-key': key });
      if (text !== answer)
        this.#problems.push(`at the end, the answer to key ${key} is ${text}, the first was ${answer}`);
    }
  }
}

/** Returns the seeded total of each currency and asset. All amounts are integers, so they can be added as numbers. */
function seededTotals(): Record<string, string> {
  const totals: Record<string, number> = {};
  for (const { cash, shares } of seedAccounts) {
    for (const [unit, value] of Object.entries(cash))
      totals[`cash:${unit}`] = (totals[`cash:${unit}`] ?? 0) + Number(value);
    for (const [unit, value] of Object.entries(shares))
      totals[`shares:${unit}`] = (totals[`shares:${unit}`] ?? 0) + Number(value);
  }
  return Object.fromEntries(Object.entries(totals).map(([unit, total]) => [unit, String(total)]));
}
