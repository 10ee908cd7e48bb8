import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json, text } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const brokenId = '6d2cba43-cb57-4534-9603-000000000001';

/** Starts an API that fails reads of one journal and loses creates for one account. All other calls succeed. */
const startHalfBroken = () =>
  startStubbed((seen, response) => {
    if (seen.method === 'DELETE') return text(204, '')(seen, response);
    if (seen.method === 'POST') {
      if (seen.body.includes(otherCustomer)) return void response.destroy();
      return json(200, wireJNLC())(seen, response);
    }
    if (seen.url.includes(brokenId)) {
      return json(500, { code: 50_010_000, message: 'oops' }, { 'x-request-id': 'request-1' })(seen, response);
    }
    return json(200, wireJNLC())(seen, response);
  });

function create(alias: string, toAccount: string): string {
  return `${alias}: createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${toAccount}", amount: "1" } }) {
    __typename ... on CreateJournalSuccess { journal { id } } }`;
}

describe('a field that fails', () => {
  it("is null and has an error with its code and the API's request id, and the other fields are unaffected", async () => {
    const { url } = await startHalfBroken();

    const answer = await ask(
      url,
      `{ good: journal(id: "${journalId}") { id } bad: journal(id: "${brokenId}") { id }
         nodes(ids: ["${brokenId}", "${journalId}"]) { id } account(id: "${sweep}") { id } }`,
    );

    expect(answer.data).toEqual({
      good: { id: journalId },
      bad: null,
      nodes: [null, { id: journalId }],
      account: { id: sweep },
    });
    const extensions = {
      code: 'UPSTREAM_UNAVAILABLE',
      requestId: 'request-1',
      upstreamCode: 50_010_000,
      retryAt: null,
    };
    expect(answer.errors).toMatchObject([
      { path: ['bad'], message: 'HTTP 500: oops', extensions },
      { path: ['nodes', 0], message: 'HTTP 500: oops', extensions },
    ]);
  });

  it('does not affect the other mutations of its document', async () => {
    const { url } = await startHalfBroken();

    const { data, errors } = await ask(
      url,
      `mutation {
        ${create('first', customer)}
        deleted: deleteJournal(id: "${brokenId}") { ... on DeleteJournalSuccess { journalId journal { id } } }
        ${create('lost', otherCustomer)}
        ${create('last', customer)}
      }`,
    );

    const created = { __typename: 'CreateJournalSuccess', journal: { id: journalId } };
    expect(data).toEqual({
      first: created,
      deleted: { journalId: brokenId, journal: null },
      lost: { __typename: 'OutcomeUnknownError' },
      last: created,
    });
    expect(errors?.map(({ path }) => path)).toEqual([['deleted', 'journal']]);
  });

  it('states how the API broke its contract', async () => {
    const { url } = await startStubbed(json(200, wireJNLC({ net_amount: null }), { 'x-request-id': 'request-1' }));

    const { data, errors } = await ask(url, `{ journal(id: "${journalId}") { id } account(id: "${sweep}") { id } }`);

    expect(data).toEqual({ journal: null, account: { id: sweep } });
    expect(errors).toMatchObject([
      {
        message: `journal ${journalId} without net_amount`,
        extensions: { code: 'UPSTREAM_CONTRACT_BROKEN', requestId: 'request-1' },
      },
    ]);
  });

  it.each([
    [401, {}, 'UPSTREAM_CREDENTIALS_REFUSED'],
    [403, {}, 'UPSTREAM_REFUSED'],
    [429, {}, 'RATE_LIMITED'],
    [500, {}, 'UPSTREAM_UNAVAILABLE'],
  ])('after an answer of %i %j has the code %s', async (status, body, code) => {
    const { url } = await startStubbed(json(status, body));

    const { data, errors } = await ask(url, `{ journal(id: "${journalId}") { id } }`);

    expect(data).toEqual({ journal: null });
    expect(errors).toMatchObject([{ path: ['journal'], extensions: { code } }]);
  });
});

describe('a journal that is newer than the gateway', () => {
  it('is returned with its raw values, and the rest of the list is unaffected', async () => {
    const strange = { ...wireJNLC({ status: 'frozen', net_amount: null }), id: brokenId, entry_type: 'JNLX' };
    const { url } = await startStubbed(json(200, [strange, wireJNLC()]));

    const { data, errors } = await ask<{ journals: { nodes: unknown[] } }>(
      url,
      '{ journals(first: 5) { nodes { __typename id entryType status rawStatus ... on OtherJournal { rawEntryType } } } }',
    );

    expect(errors).toBeUndefined();
    expect(data?.journals.nodes).toEqual(
      expect.arrayContaining([
        {
          __typename: 'OtherJournal',
          id: brokenId,
          entryType: 'UNKNOWN',
          status: 'UNKNOWN',
          rawStatus: 'frozen',
          rawEntryType: 'JNLX',
        },
        { __typename: 'JNLC', id: journalId, entryType: 'JNLC', status: 'QUEUED', rawStatus: 'queued' },
      ]),
    );
    expect(data?.journals.nodes).toHaveLength(2);
  });
});
