import { describe, expect, it } from 'vitest';

import { customerAccountIds } from '../../src/sandbox/setup/seed.ts';
import { type ErrorBody, dan, sweep } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

interface Account {
  id: string;
  cash: string;
}

describe('GET /v1/accounts', () => {
  it('lists the accounts of the docs with their holdings', async () => {
    const { client } = await startSandbox();

    const { body } = await client.get<Account[]>('/v1/accounts');

    const cash = new Map(body.map((account) => [account.id, account.cash]));
    expect(cash.get(sweep)).toBe('50000');
    expect(customerAccountIds.map((id) => cash.get(id))).toEqual(['0', '0', '0', '1000', '1000', '1000']);
  });
});

describe('GET /v1/accounts/{id}', () => {
  it('returns one account', async () => {
    const { client } = await startSandbox();

    const { body } = await client.get<Account>(`/v1/accounts/${dan.toUpperCase()}`);

    expect(body).toMatchObject({ id: dan, status: 'ACTIVE', currency: 'USD', cash: '1000', positions: [] });
  });

  it("has the fields that the vendor's Python SDK requires", async () => {
    const { client } = await startSandbox();

    const { body } = await client.get<Record<string, unknown>>(`/v1/accounts/${dan}`);

    const texts = ['id', 'account_number', 'status', 'currency', 'last_equity', 'created_at'];
    expect(texts.filter((name) => typeof body[name] !== 'string')).toEqual([]);
    expect(body['last_equity']).toBe('1000');
  });

  it('does not reveal which accounts are firm accounts', async () => {
    const { client } = await startSandbox();

    const [firm, customer] = [
      await client.get<object>(`/v1/accounts/${sweep}`),
      await client.get<object>(`/v1/accounts/${dan}`),
    ];

    expect(Object.keys(firm.body)).toEqual(Object.keys(customer.body));
    expect(firm.text).not.toContain('firm');
  });

  it('responds with 404 and the id to the id of an unknown account', async () => {
    const { client } = await startSandbox();

    const { status, body } = await client.get<ErrorBody>('/v1/accounts/nobody');

    expect([status, body.message]).toEqual([404, 'account not found: nobody']);
  });
});
