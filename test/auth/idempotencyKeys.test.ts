import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, richCustomers, sweep } from '../kit/accounts.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const rights = {
  scopes: ['journals:read' as const, 'journals:write' as const],
  fromAccounts: [sweep, richCustomers[0]],
};
const principals = {
  ann: rights,
  ben: rights,
  'of an account': { ...rights, accounts: [customer, richCustomers[0]] },
  'of another': { ...rights, accounts: [otherCustomer] },
};

const single = `mutation ($amount: Decimal!, $to: ID = "${customer}") {
  it: createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: $to, amount: $amount } }, idempotencyKey: "payday") {
    __typename ... on CreateJournalSuccess { idempotencyKey journal { id } } ... on IdempotencyConflictError { idempotencyKey } } }`;
const batch = `mutation ($to: ID! = "${customer}", $amount: Decimal!) {
  it: createBatchJournal(input: { fromAccount: "${sweep}", entries: [{ toAccount: $to, amount: $amount }] }, idempotencyKey: "payday") {
    __typename ... on CreateBatchJournalSuccess { idempotencyKey results { journal { id } } } ... on IdempotencyConflictError { idempotencyKey } } }`;
const reverse = `mutation ($amount: Decimal!) {
  it: createReverseBatchJournal(input: { toAccount: "${sweep}", entries: [{ fromAccount: "${richCustomers[0]}", amount: $amount }] },
    idempotencyKey: "payday") {
    __typename ... on CreateReverseBatchJournalSuccess { idempotencyKey results { journal { id } } } } }`;

interface Answer {
  it: { __typename: string; idempotencyKey: string; journal?: { id: string }; results?: { journal: { id: string } }[] };
}

async function start() {
  const sandbox = await startSandbox();
  const { ask } = await startWithKeys(sandbox.url, principals);
  const create = async (name: keyof typeof principals, query: string, variables: Record<string, unknown>) => {
    const { data } = await ask(name, query, variables);
    const { it } = data as unknown as Answer;
    return { type: it.__typename, key: it.idempotencyKey, id: it.journal?.id ?? it.results?.[0]?.journal.id };
  };
  return { ask, create };
}

describe("a principal's idempotency key", () => {
  it.each([
    ['a journal', single, 'CreateJournalSuccess'],
    ['a batch', batch, 'CreateBatchJournalSuccess'],
  ])('of %s returns the original to the same principal, and a new one to another', async (_what, query, type) => {
    const { create } = await start();

    const first = await create('ann', query, { amount: '1' });
    const repeated = await create('ann', query, { amount: '1' });
    const other = await create('ben', query, { amount: '1' });

    expect(first).toMatchObject({ type, key: 'payday' });
    expect(repeated).toEqual(first);
    expect(other).toMatchObject({ type, key: 'payday' });
    expect(other.id).not.toBe(first.id);
  });

  it.each([
    ['a journal', single, 'CreateJournalSuccess'],
    ['a batch', batch, 'CreateBatchJournalSuccess'],
  ])('of %s conflicts with another input of the same principal only', async (_what, query, type) => {
    const { create } = await start();
    await create('ann', query, { amount: '1' });

    expect(await create('ann', query, { amount: '2' })).toMatchObject({
      type: 'IdempotencyConflictError',
      key: 'payday',
    });
    expect(await create('of an account', query, { amount: '2' })).toMatchObject({ type });
    expect(await create('of another', query, { amount: '2', to: otherCustomer })).toMatchObject({ type });
  });

  it('of a reverse batch is independent of the same key of another principal', async () => {
    const { create } = await start();

    const first = await create('ann', reverse, { amount: '1' });
    const other = await create('of an account', reverse, { amount: '2' });

    expect(first).toMatchObject({ type: 'CreateReverseBatchJournalSuccess', key: 'payday' });
    expect(other).toMatchObject({ type: 'CreateReverseBatchJournalSuccess', key: 'payday' });
    expect(other.id).not.toBe(first.id);
  });

  it('is shown unchanged with its events to its principal and to principals with all accounts', async () => {
    const { ask, create } = await start();
    const { id } = await create('ann', single, { amount: '1' });
    const query = `{ journalStatusEvents(since: "2020-01-01T00:00:00Z", filter: { journalId: ["${id}"] }, first: 1) { nodes { idempotencyKey } } }`;
    const keyFor = async (name: keyof typeof principals) => (await ask(name, query)).data;

    const eventsWith = (idempotencyKey: string | null) => ({ journalStatusEvents: { nodes: [{ idempotencyKey }] } });
    expect(await keyFor('ann')).toEqual(eventsWith('payday'));
    expect(await keyFor('ben')).toEqual(eventsWith('payday'));
    expect(await keyFor('of an account')).toEqual(eventsWith(null));
    const own = await create('of an account', single, { amount: '3' });
    const { data } = await ask('of an account', query.replace(String(id), String(own.id)));
    expect(data).toEqual(eventsWith('payday'));
  });

  it('is sent to the API as a stable UUID, never unchanged', async () => {
    const sent: unknown[] = [];
    for (const name of ['ann', 'ann', 'ben'] as const) {
      const stub = await StubUpstream.start(json(200, wireJNLC()));
      const { ask } = await startWithKeys(stub.url, principals);
      await ask(name, single, { amount: '10' });
      sent.push(stub.calls.find(({ method }) => method === 'POST')?.headers['idempotency-key']);
    }

    expect(sent[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(sent[1]).toBe(sent[0]);
    expect(sent[2]).not.toBe(sent[0]);
  });

  it('that is long is independent of other principals too, and shown with its events to those who may see it', async () => {
    const { ask, create } = await start();
    const long = 'p'.repeat(100);
    const query = single.replace('payday', long);

    const first = await create('ann', query, { amount: '1' });
    const other = await create('of an account', query, { amount: '1' });

    expect(first.key).toBe(long);
    expect(other.key).toBe(long);
    expect(other.id).not.toBe(first.id);
    const events = `{ journalStatusEvents(since: "2020-01-01T00:00:00Z", filter: { journalId: ["${first.id}"] }, first: 1) { nodes { idempotencyKey } } }`;
    const eventsWith = (idempotencyKey: string | null) => ({ journalStatusEvents: { nodes: [{ idempotencyKey }] } });
    expect((await ask('ben', events)).data).toEqual(eventsWith(long));
    expect((await ask('of an account', events)).data).toEqual(eventsWith(null));
  });

  it('is returned unchanged when the outcome is unknown', async () => {
    const stub = await StubUpstream.start(json(500, {}));
    const { ask } = await startWithKeys(stub.url, principals);

    const { data } = await ask('ann', single.replace('on IdempotencyConflictError', 'on OutcomeUnknownError'), {
      amount: '1',
    });

    expect(data).toMatchObject({ it: { __typename: 'OutcomeUnknownError', idempotencyKey: 'payday' } });
  });
});
