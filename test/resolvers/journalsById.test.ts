import { describe, expect, it } from 'vitest';

import { unknownAccount } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json } from '../kit/StubUpstream.ts';
import type { SeenRequest } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const ids = Array.from({ length: 12 }, (_, number) => `6d2cba43-cb57-4534-9603-0000000000${10 + number}`);

function idOf({ url }: SeenRequest): string {
  return url.slice('/v1/journals/'.length);
}

/** Starts an API that has a journal for every id except the unknown one. */
const startHonest = () =>
  startStubbed((seen, response) =>
    (idOf(seen) === unknownAccount ? json(404, { message: 'not found' }) : json(200, wireJNLC({ id: idOf(seen) })))(
      seen,
      response,
    ),
  );

describe('journals read by id', () => {
  it('take twelve concurrent calls for twenty-four aliases of twelve ids', async () => {
    const waiting: (() => void)[] = [];
    const { stub, url } = await startStubbed((seen, response) => {
      waiting.push(() => void json(200, wireJNLC({ id: idOf(seen) }))(seen, response));
      // The first answer comes after the last request, so sequential requests would never end.
      if (waiting.length === ids.length) for (const answer of waiting) answer();
    });
    const aliases = [...ids, ...ids].map((id, index) => {
      const field = ['journal', 'node'][index % 2] ?? '';
      return `a${index}: ${field}(id: "${index < ids.length ? id : id.toUpperCase()}") { id }`;
    });

    const { data, errors } = await ask<Record<string, { id: string }>>(url, `{ ${aliases.join(' ')} }`);

    expect(errors).toBeUndefined();
    expect(Object.values(data ?? {}).map(({ id }) => id)).toEqual([...ids, ...ids]);
    expect(stub.calls.map(idOf).sort()).toEqual(ids);
  });

  it('are read again by every operation', async () => {
    const { stub, url } = await startHonest();

    await ask(url, `{ journal(id: "${journalId}") { id } }`);
    await ask(url, `{ journal(id: "${journalId}") { id } }`);

    expect(stub.calls).toHaveLength(2);
  });

  it('are null if the API has none, alone and among others', async () => {
    const { url } = await startHonest();

    const answer = await ask(
      url,
      `{ journal(id: "${unknownAccount}") { id } node(id: "${unknownAccount}") { id }
         nodes(ids: ["${journalId}", "${unknownAccount}", "${journalId}"]) { __typename id } }`,
    );

    expect(answer).toEqual({
      data: {
        journal: null,
        node: null,
        nodes: [{ __typename: 'JNLC', id: journalId }, null, { __typename: 'JNLC', id: journalId }],
      },
    });
  });

  it.each([
    '',
    '..',
    '../x',
    '../../v1/accounts',
    '%2e%2e',
    '%2e%2e%2faccounts',
    '?a=b',
    '#',
    `${journalId}?a=b`,
    `${journalId}/../x`,
    `${journalId}\r\nx: y`,
    'h7h5g33f-ef01-4458-9a4b-9598727a406f',
    'http://127.0.0.1/',
  ])('are null for the id %j, which is never sent to the API', async (id) => {
    const { stub, url } = await startHonest();
    const query = `query ($id: ID!) {
      journal(id: $id) { id } node(id: $id) { id } nodes(ids: [$id]) { id } account(id: $id) { id }
      from: journals(filter: { fromAccount: $id }) { nodes { id } }
      to: journals(filter: { toAccount: $id }) { nodes { id } } }`;

    const answer = await ask(url, query, { id });

    expect(answer).toEqual({
      data: { journal: null, node: null, nodes: [null], account: null, from: { nodes: [] }, to: { nodes: [] } },
    });
    expect(stub.calls).toEqual([]);
  });

  it('are limited to 100 ids at once', async () => {
    const { stub, url } = await startHonest();

    const { errors = [] } = await ask(url, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', {
      ids: Array(101).fill(journalId),
    });

    expect(errors.map(({ message, extensions }) => [message, extensions?.code])).toEqual([
      ['ids has 101 entries, at most 100', 'BAD_USER_INPUT'],
    ]);
    expect(stub.calls).toEqual([]);
  });
});
