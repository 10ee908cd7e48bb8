import { describe, expect, it } from 'vitest';

import type { WireCreateJNLC } from '../../src/upstream/wire/apiBodies.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { mutate, tryToMutate } from '../kit/mutate.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

/** Starts an API that responds to every create with a journal that has the amount of the request. */
const startEcho = () =>
  startStubbed(({ body }, response) => {
    const { amount } = JSON.parse(body) as WireCreateJNLC;
    response.end(JSON.stringify(wireJNLC({ net_amount: amount })));
  });

function inDocument(literal: string): string {
  return `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: ${literal} } }) {
    ... on CreateJournalSuccess { journal { ... on JNLC { netAmount } } } } }`;
}

function inVariables(amount: unknown): Record<string, unknown> {
  return { input: { jnlc: { fromAccount: sweep, toAccount: customer, amount } } };
}

describe('an amount', () => {
  it.each(['0.1', '10', '10.00', '12345678901234567890.123456789', `0.${'0'.repeat(60)}1`, '9'.repeat(200)])(
    'in the string %s is sent and returned byte for byte',
    async (amount) => {
      const { stub, url } = await startEcho();

      const { journal } = await mutate(url, 'createJournal', inVariables(amount));
      const literal = await ask(url, inDocument(`"${amount}"`));

      expect(stub.calls.map(({ body }) => body.includes(`"amount":"${amount}"`))).toEqual([true, true]);
      expect(journal?.netAmount).toBe(amount);
      expect(literal.data).toEqual({ createJournal: { journal: { netAmount: amount } } });
    },
  );

  it.each(['1', '645', '9007199254740993', '123456789012345678901234567890'])(
    'in the integer literal %s is sent and returned digit for digit',
    async (literal) => {
      const { url } = await startEcho();

      const { data } = await ask(url, inDocument(literal));

      expect(data).toEqual({ createJournal: { journal: { netAmount: literal } } });
    },
  );

  it.each([
    [1, '1'],
    [645, '645'],
    [Number.MAX_SAFE_INTEGER, '9007199254740991'],
  ])('in the JSON integer %s is sent and returned', async (amount, sent) => {
    const { url } = await startEcho();

    const { journal } = await mutate(url, 'createJournal', inVariables(amount));

    expect(journal?.netAmount).toBe(sent);
  });

  it.each([
    [0.1],
    [10.5],
    [Number.MAX_SAFE_INTEGER + 1],
    [1e21],
    [1e-7],
    ['1e3'],
    ['1E3'],
    ['01'],
    ['.5'],
    ['5.'],
    ['+1'],
    [''],
    [' 1'],
    ['1,000'],
    ['0x10'],
    ['NaN'],
    [true],
    [['10']],
    [{ value: '10' }],
  ])('given as %j in the variables is refused with advice, and nothing is sent', async (amount) => {
    const { stub, url } = await startEcho();

    const { result, errors } = await tryToMutate(url, 'createJournal', inVariables(amount));

    expect(result).toBeNull();
    expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
    expect(errors[0]?.message).toMatch(/amount.*expected a decimal in a string such as "10\.25", found/s);
    expect(stub.calls).toEqual([]);
  });

  it.each(['0.1', '10.0', '1e3', '1E3', '"1e3"', '"01"', '".5"', '"+1"', '""', 'true', '["10"]', 'TEN'])(
    'given as the literal %s is refused with advice, and nothing is sent',
    async (literal) => {
      const { stub, url } = await startEcho();

      const { data, errors = [] } = await ask(url, inDocument(literal));

      expect(data).toBeUndefined();
      expect(errors.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT']);
      expect(errors[0]?.message).toContain('expected a decimal in a string such as "10.25", found');
      expect(stub.calls).toEqual([]);
    },
  );

  it('given as a JSON integer that a binary float would round is refused', async () => {
    const { stub, url } = await startEcho();
    const query = 'mutation ($input: CreateJournalInput!) { createJournal(input: $input) { __typename } }';
    const body = JSON.stringify({ query, variables: inVariables('AMOUNT') });

    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: body.replace('"AMOUNT"', '9007199254740993'),
    });

    expect(await answer.json()).toMatchObject({ errors: [{ extensions: { code: 'BAD_USER_INPUT' } }] });
    expect(stub.calls).toEqual([]);
  });
});
