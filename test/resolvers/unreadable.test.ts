import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, richCustomers, sweep, thirdCustomer } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { mutate } from '../kit/mutate.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { wireJNLC, wireJNLS } from '../kit/wireJournals.ts';

const ids = [0, 1, 2, 3, 4, 5].map((number) => `6d2cba43-cb57-4534-9603-00000000000${number}`);

/** Returns a journal whose date depends on its number. Number 0 is the newest. */
function dated(number: number, changes: object = {}) {
  return { ...wireJNLC(), id: ids[number], created_at: `2026-11-2${9 - number}T00:00:00Z`, ...changes };
}

const secret = 'four hundred';
const broken = { net_amount: secret };
const problem = 'with net_amount as a string of 12 other characters, expected a decimal in a string';

interface Page {
  nodes: { id: string }[];
  unreadable: { id: string | null; problem: string }[];
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
}

const fields = 'nodes { id } unreadable { id problem } pageInfo { hasNextPage endCursor }';

async function start(journals: unknown[]) {
  const { url } = await startStubbed((seen, response) => {
    const id = seen.method === 'POST' ? undefined : /\/v1\/journals\/([^?]+)/.exec(seen.url)?.[1];
    const one = journals.find((journal) => (journal as { id?: unknown } | null)?.id === id);
    return json(200, id === undefined ? journals : one)(seen, response);
  });
  const list = async (args: string): Promise<Page> => {
    const { data, errors } = await ask<{ journals: Page }>(url, `{ journals(${args}) { ${fields} } }`);
    expect(errors).toBeUndefined();
    return data?.journals as Page;
  };
  return { url, list };
}

describe('an unreadable journal', () => {
  it('is listed under unreadable, and is an error when it is read by its id', async () => {
    const { url, list } = await start([dated(0), dated(1, broken), dated(2)]);

    const page = await list('first: 5');

    expect(page.nodes).toEqual([{ id: ids[0] }, { id: ids[2] }]);
    expect(page.unreadable).toEqual([{ id: ids[1], problem }]);
    expect(JSON.stringify(page)).not.toContain(secret);
    const alone = await ask(url, `{ journal(id: "${ids[1]}") { id } }`);
    expect(alone.errors).toMatchObject([
      { message: `journal ${ids[1]} ${problem}`, extensions: { code: 'UPSTREAM_CONTRACT_BROKEN' } },
    ]);
    expect(JSON.stringify(alone)).not.toContain(secret);
  });

  it.each([
    [null, null, 'expected a journal, found null'],
    ['text', null, 'expected a journal, found string'],
    [{ ...wireJNLC(), id: 5 }, null, 'with id as a number, expected a string'],
    [dated(1, { status: undefined }), ids[1], 'without status'],
    [dated(1, { from_account: { secret } }), ids[1], 'with from_account as an object, expected a string'],
    [{ ...wireJNLS({ symbol: '' }), id: ids[1] }, ids[1], 'without symbol'],
  ])('that is %j is listed with its id and its problem', async (journal, id, wrong) => {
    const { list } = await start([dated(0), journal]);

    const page = await list('first: 5');

    expect(page.nodes).toEqual([{ id: ids[0] }]);
    expect(page.unreadable).toEqual([{ id, problem: wrong }]);
  });

  it('is listed once, on the page of its position, and does not count towards the page size', async () => {
    const journals = [1, 3, 5].map((number) => dated(number, broken));
    const { list } = await start([...journals, dated(0), dated(2), dated(4), null]);

    const told: unknown[] = [];
    let after = '';
    for (let hasNextPage = true; hasNextPage;) {
      const { nodes, unreadable, pageInfo } = await list(`first: 1${after}`);
      told.push([nodes.map(({ id }) => id), unreadable.map(({ id }) => id)]);
      hasNextPage = pageInfo.hasNextPage;
      after = `, after: "${pageInfo.endCursor}"`;
    }

    expect(told).toEqual([
      [[ids[0]], [null]],
      [[ids[2]], [ids[1]]],
      [[ids[4]], [ids[3], ids[5]]],
    ]);
    const last = (await list('first: 3')).pageInfo.endCursor;
    const back = await list(`last: 1, before: "${last}"`);
    expect([back.nodes, back.unreadable.map(({ id }) => id)]).toEqual([[{ id: ids[2] }], [ids[3]]]);
  });

  it('is filtered by its readable fields', async () => {
    const { list } = await start([
      dated(0, broken),
      dated(1, { status: 5 }),
      dated(2, { ...broken, status: 'executed' }),
    ]);

    const page = await list('first: 5, filter: { status: [QUEUED] }');

    expect(page.unreadable.map(({ id }) => id)).toEqual([ids[0], ids[1]]);
  });

  it('is visible to a principal with limited accounts only if one of its readable accounts is among them', async () => {
    const stub = await StubUpstream.start(
      json(200, [
        dated(0),
        dated(1, broken),
        dated(2, { ...broken, to_account: otherCustomer, from_account: thirdCustomer }),
        dated(3, { ...broken, to_account: null, from_account: null }),
        null,
      ]),
    );
    const scopes = ['journals:read' as const];
    const { ask: askAs } = await startWithKeys(stub.url, { own: { scopes, accounts: [customer] }, all: { scopes } });
    const unreadable = async (who: 'own' | 'all', query: string) => {
      const { data } = await askAs(who, query);
      const { journals } = (data?.['account'] ?? data) as { journals: Page };
      return journals.unreadable.map(({ id }) => id);
    };

    expect(await unreadable('own', `{ journals { ${fields} } }`)).toEqual([ids[1]]);
    expect(await unreadable('own', `{ account(id: "${customer}") { journals { ${fields} } } }`)).toEqual([ids[1]]);
    expect(await unreadable('all', `{ journals { ${fields} } }`)).toEqual([null, ids[1], ids[2], ids[3]]);
  });

  it('fails the page if there are more than a page may have', async () => {
    const { url } = await start(Array.from({ length: 501 }, (_, index) => ({ id: `journal ${index}` })));

    const { errors } = await ask(url, `{ journals { ${fields} } }`);

    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_CONTRACT_BROKEN' } }]);
  });

  it('counts when a list reaches the limit of the API', async () => {
    let asked = 0;
    const answer: Answer = (seen, response) => {
      asked += 1;
      const limit = Number(new URL(seen.url, 'http://x').searchParams.get('limit'));
      const many = Array.from({ length: 1_000 }, (_, index) => ({ ...dated(0, broken), id: `journal ${index}` }));
      return json(200, limit <= 1_000 ? [...many.slice(0, limit - 1), dated(0)] : [dated(0), dated(1)])(seen, response);
    };
    const { url } = await startStubbed(answer);

    const { data } = await ask<{ journals: Page }>(url, `{ journals(first: 1) { ${fields} } }`);

    expect(asked).toBeGreaterThan(1);
    expect(data?.journals.nodes).toEqual([{ id: ids[0] }]);
  });
});

describe.each(['createBatchJournal', 'createReverseBatchJournal'] as const)('the answer to %s', (name) => {
  const isReverse = name === 'createReverseBatchJournal';
  const [payer] = richCustomers;
  const sides = isReverse ? { from_account: payer, to_account: sweep } : { from_account: sweep, to_account: customer };
  const entries = ['10', '20'].map((amount) => ({
    [isReverse ? 'fromAccount' : 'toAccount']: isReverse ? payer : customer,
    amount,
  }));
  const input = { [isReverse ? 'toAccount' : 'fromAccount']: sweep, entries };
  const made = [dated(0, sides), dated(1, { ...sides, net_amount: secret })];
  const results = [
    { entryIndex: 0, errorMessage: null, journal: { id: ids[0], netAmount: '10' } },
    { entryIndex: 1, errorMessage: null, journal: { id: ids[1], status: 'QUEUED' } },
  ];

  it('with a journal whose amount is unreadable is a success that names it', async () => {
    const { url } = await start(made);

    const result = await mutate(url, name, { input, idempotencyKey: 'key' });

    expect(result).toMatchObject({ __typename: `${name.replace('c', 'C')}Success`, results });
    expect(JSON.stringify(result)).not.toContain(secret);
  });

  it('is complete if such a journal is readable by its id', async () => {
    const { url } = await startStubbed((seen, response) => {
      const number = seen.url.includes(String(ids[1])) ? 1 : 0;
      const read = dated(number, { ...sides, net_amount: entries[number]?.['amount'] });
      return json(200, seen.method === 'POST' ? made : read)(seen, response);
    });

    const result = await mutate(url, name, { input, idempotencyKey: 'key' });

    expect(result.results?.[1]?.journal).toMatchObject({ id: ids[1], netAmount: '20' });
  });
});

describe('an unreadable event', () => {
  it('does not affect the other past events', async () => {
    const event = (number: number, changes: object = {}) =>
      `data: ${JSON.stringify({ at: `2026-11-28T00:00:0${number}Z`, entry_type: 'JNLC', event_id: `01M8JRERK7YFWDE9XB0000000${number}`, journal_id: ids[number], status_from: '', status_to: 'queued', ...changes })}\n\n`;
    const { url } = await startStubbed(json(200, []), (seen, response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(': welcome\n\n');
      if (!seen.url.includes('until=')) return;
      response.end(event(1) + event(2, { at: 'yesterday' }) + event(3));
    });

    const { data, errors } = await ask(
      url,
      '{ journalStatusEvents(since: "2026-11-28T00:00:00Z") { nodes { journalId } } }',
    );

    expect(errors).toBeUndefined();
    expect(data).toEqual({ journalStatusEvents: { nodes: [{ journalId: ids[1] }, { journalId: ids[3] }] } });
  });
});
