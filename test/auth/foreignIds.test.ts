import { describe, expect, it } from 'vitest';

import type { KeyEntry } from '../../src/auth/keyFile.ts';
import { redactedMessage } from '../../src/auth/redactUpstreamMessage.ts';
import { customer, otherCustomer, sweep, thirdCustomer, unknownAccount } from '../kit/accounts.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import type { Answer, SeenRequest } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const foreign = '11111111-1111-4111-8111-111111111111';
const missing = '22222222-2222-4222-8222-222222222222';
const own = '33333333-3333-4333-8333-333333333333';
const createdAt = '2026-10-13T13:11:10.57913Z';

/** Journals of which the principal of `customer` sees the second only. */
const journals = [
  wireJNLC({ id: foreign, from_account: sweep, to_account: otherCustomer, created_at: createdAt, status: 'pending' }),
  wireJNLC({ id: own, from_account: sweep, to_account: customer, created_at: createdAt, status: 'pending' }),
];

const limited: Partial<KeyEntry> = {
  scopes: ['journals:read', 'journals:write'],
  accounts: [customer],
  fromAccounts: [sweep, customer],
};

/** The API with these journals: what it answers, as the real one does, and what it was asked. */
const api: Answer = (seen, response) => {
  const { pathname, searchParams } = new URL(seen.url, 'http://api');
  const id = pathname.slice('/v1/journals/'.length);
  if (pathname === '/v1/journals') {
    const [from, to] = [searchParams.get('from_account'), searchParams.get('to_account')];
    const found = journals.filter(
      ({ from_account, to_account }) => (!from || from === from_account) && (!to || to === to_account),
    );
    return json(200, found)(seen, response);
  }
  const found = journals.find((journal) => journal.id === id);
  if (!found) return json(404, { message: `journal not found: ${id}` })(seen, response);
  if (seen.method === 'DELETE') return json(422, { message: `journal ${id} is not pending` })(seen, response);
  return json(200, found)(seen, response);
};

/** Events of both journals, then the end of the stream. */
const events: Answer = (seen, response) => {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(': welcome\n\n');
  if (!seen.url.includes('until')) return;
  journals.forEach(({ id }, index) => {
    const event = { at: createdAt, entry_type: 'JNLC', journal_id: id, status_from: '', status_to: 'queued' };
    response.write(`data: ${JSON.stringify({ ...event, event_id: `01J0000000000000000000000${index}` })}\n\n`);
  });
  response.end();
};

/** What was asked, with the guess taken out of it. */
function shape({ method, url }: SeenRequest, guess: string): string {
  return `${method} ${url.replaceAll(guess, 'GUESS').replace(/(since|until|after|before)=[^&]*/g, '$1')}`;
}

async function guess(query: (id: string) => string, id: string) {
  const stub = await StubUpstream.start(api, events);
  const { ask } = await startWithKeys(stub.url, { limited });
  const before = stub.seen.length;
  const { data, errors } = await ask('limited', query(id));
  const asked = stub.seen.slice(before).map((seen) => shape(seen, id));
  return { answer: JSON.stringify({ data, errors }).replaceAll(id, 'GUESS'), asked: asked.sort() };
}

const journalCursor = (id: string) => Buffer.from(JSON.stringify(['j1', createdAt, id])).toString('base64url');
const since = '2020-01-01T00:00:00Z';

describe('a guess at the journal of others costs and brings what one at none does', () => {
  it.each<[string, (id: string) => string]>([
    ['journal', (id) => `{ journal(id: "${id}") { id } }`],
    ['node', (id) => `{ node(id: "${id}") { id } }`],
    ['nodes', (id) => `{ nodes(ids: ["${own}", "${id}", "${id.toUpperCase()}"]) { id } }`],
    ['a cursor', (id) => `{ journals(after: "${journalCursor(id)}") { nodes { id } pageInfo { hasPreviousPage } } }`],
    [
      'its status events',
      (id) => `{ journalStatusEvents(since: "${since}", filter: { journalId: ["${id}"] }) { nodes { id } } }`,
    ],
    [
      'its status events, on an account of the principal',
      (id) =>
        `{ journalStatusEvents(since: "${since}", filter: { journalId: ["${id}"], accountId: ["${customer}"] }) { nodes { id } } }`,
    ],
    [
      'deleteJournal',
      (id) => `mutation { deleteJournal(id: "${id}") { __typename
        ... on JournalError { message requestId upstreamCode } ... on JournalNotDeletableError { journal { id } } } }`,
    ],
  ])('by %s', async (_by, query) => {
    const [known, none] = await Promise.all([guess(query, foreign), guess(query, missing)]);

    // A guess has another id than none, and ids of one length are all that a cursor differs in.
    const withoutCursor = (answer: string) =>
      answer.replaceAll(journalCursor(foreign), '').replaceAll(journalCursor(missing), '');
    expect(withoutCursor(known.answer)).toBe(withoutCursor(none.answer));
    expect(known.asked).toEqual(none.asked);
    expect(known.answer).not.toContain(otherCustomer);
  });

  it('which is nothing, where its own is seen by the same ways', async () => {
    const mine = await guess((id) => `{ journal(id: "${id}") { id toAccount { id } } }`, own);

    expect(mine.answer).toContain(customer);
  });
});

describe('a guess at the account of others costs and brings what one at none does', () => {
  it.each<[string, (id: string) => string]>([
    ['account', (id) => `{ account(id: "${id}") { journals { nodes { id } } } }`],
    ['the payer of a list', (id) => `{ journals(filter: { fromAccount: "${id}" }) { nodes { id } } }`],
    ['the receiver of a list', (id) => `{ journals(filter: { toAccount: "${id}" }) { nodes { id } } }`],
    [
      'both sides of a list',
      (id) => `{ journals(filter: { fromAccount: "${sweep}", toAccount: "${id}" }) { nodes { id } } }`,
    ],
    [
      'status events',
      (id) => `{ journalStatusEvents(since: "${since}", filter: { accountId: ["${id}"] }) { nodes { id } } }`,
    ],
    [
      'the receiver of a new journal',
      (id) =>
        `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${id}", amount: "1" } }) { __typename } }`,
    ],
    [
      'an entry of a batch',
      (id) => `mutation { createBatchJournal(input: { fromAccount: "${sweep}", entries: [
        { toAccount: "${customer}", amount: "1" } { toAccount: "${id}", amount: "1" }] }) { __typename } }`,
    ],
    [
      'an entry of a reverse batch',
      (id) => `mutation { createReverseBatchJournal(input: { toAccount: "${customer}", entries: [
        { fromAccount: "${sweep}", amount: "1" } { fromAccount: "${id}", amount: "1" }] }) { __typename } }`,
    ],
  ])('by %s', async (_by, query) => {
    const [known, none] = await Promise.all([guess(query, otherCustomer), guess(query, unknownAccount)]);

    expect(known).toEqual(none);
    expect(known.answer).not.toContain(foreign);
  });

  it('whose journals with its own account it sees, and those only', async () => {
    const { answer, asked } = await guess(
      (id) => `{ journals(filter: { fromAccount: "${id}" }) { nodes { id } } }`,
      sweep,
    );

    expect(answer).toContain(own);
    expect(answer).not.toContain(foreign);
    expect(asked).toEqual([expect.stringContaining(`from_account=GUESS&to_account=${customer}`)]);
  });

  it('when it has more accounts than the API is asked about one by one', async () => {
    const accounts = Array.from(
      { length: 150 },
      (_, index) => `44444444-4444-4444-8444-${String(index).padStart(12, '0')}`,
    );
    const many = { many: { ...limited, accounts: [customer, ...accounts] } };
    const stub = await StubUpstream.start(api, events);
    const { ask } = await startWithKeys(stub.url, many);

    const { data } = await ask('many', '{ journals { nodes { id } } }');

    expect(data).toEqual({ journals: { nodes: [{ id: own }] } });
    expect(stub.calls).toHaveLength(1);
  });
});

describe("the API's words", () => {
  const insufficient = 'insufficient balance';
  const create = `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }) {
    __typename ... on JournalError { message upstreamCode requestId } ... on InvalidRequestError { issues { message } } } }`;

  it.each([
    [403, `${insufficient}: ${sweep} holds 12.50`, redactedMessage],
    [403, `${insufficient} of ${customer}`, `${insufficient} of ${customer}`],
    [403, insufficient, insufficient],
    [403, `${insufficient}: account 927721227`, redactedMessage],
    [403, `${insufficient}: 12.50 available`, redactedMessage],
    [403, `${insufficient}: 7 < 9`, redactedMessage],
    [403, `${insufficient} of ${customer}: 7 < 9`, redactedMessage],
    [400, `journal ${foreign.replaceAll('-', '')} is the same`, redactedMessage],
    [400, `journal_${foreign} is the same`, redactedMessage],
    [400, 'the description is too long', 'the description is too long'],
    [400, `journal ${foreign} is the same`, redactedMessage],
    [422, `idempotency key violation: first request was journal ${foreign.toUpperCase()}`, redactedMessage],
    [409, `a twin of ${thirdCustomer} is under way`, redactedMessage],
    [503, `no answer for ${thirdCustomer}`, redactedMessage],
    [503, 'no answer in time', 'no answer in time'],
    [429, `too many calls for ${thirdCustomer}`, redactedMessage],
  ])('of a refusal, %i, %s, are told to who may read them', async (status, message, told) => {
    const stub = await StubUpstream.start(json(status, { message, code: 40310000 }, { 'x-request-id': 'request-1' }));
    const { ask } = await startWithKeys(stub.url, { limited, all: { ...limited, accounts: undefined } });

    const { data } = await ask('limited', create);
    const { data: whole } = await ask('all', create);

    const words = (answer: unknown) => (answer as { createJournal: { message: string } }).createJournal.message;
    expect(words(data).replace(/^HTTP \d+: /, '')).toBe(told);
    expect(JSON.stringify(data)).not.toMatch(
      new RegExp(`${thirdCustomer}|${foreign}|${foreign.replaceAll('-', '')}|12\\.50|7 < 9|927721227`, 'i'),
    );
    expect(words(whole)).toContain(message);
    expect(data).toMatchObject({ createJournal: { requestId: 'request-1' } });
  });

  it.each([400, 403, 503])('of a read that fails with %i are too', async (status) => {
    const message = `not for ${thirdCustomer}`;
    const stub = await StubUpstream.start(json(status, { message }), events);
    const { ask } = await startWithKeys(stub.url, { limited, all: { ...limited, accounts: undefined } });

    const query = `{ journal(id: "${own}") { id } }`;
    const [{ errors }, { errors: whole }] = await Promise.all([ask('limited', query), ask('all', query)]);

    expect(errors?.[0]?.message).toBe(redactedMessage);
    expect(errors?.[0]?.extensions).toEqual(whole?.[0]?.extensions);
    expect(whole?.[0]?.message).toContain(message);
  });

  it.each([
    [`refused: ${own} is too much`, `refused: ${own} is too much`],
    [`refused: ${foreign} is the same`, redactedMessage],
    ['refused: 12.50 available', redactedMessage],
  ])("of a batch's entry, %s, are told to who may read them, in its result and in its events", async (words, told) => {
    const failed = wireJNLC({ ...journals[1], error_message: words });
    const stub = await StubUpstream.start(
      (seen, response) => json(200, seen.method === 'POST' ? [failed] : failed)(seen, response),
      (seen, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const event = { at: createdAt, event_id: '01J00000000000000000000000', entry_type: 'JNLC', journal_id: own };
        const ended = { status_from: 'queued', status_to: 'refused', batch_error_message: words };
        if (seen.url.includes('until')) response.end(`data: ${JSON.stringify({ ...event, ...ended })}\n\n`);
      },
    );
    const { ask } = await startWithKeys(stub.url, { limited, all: { ...limited, accounts: undefined } });
    const batch = `mutation { it: createBatchJournal(input: { fromAccount: "${sweep}", entries: [{ toAccount: "${customer}", amount: "10" }] }) {
      ... on CreateBatchJournalSuccess { results { errorMessage } } } }`;
    const history = `{ it: journalStatusEvents(since: "${since}") { nodes { batchErrorMessage } } }`;

    expect((await ask('limited', batch)).data).toEqual({ it: { results: [{ errorMessage: told }] } });
    expect((await ask('limited', history)).data).toEqual({ it: { nodes: [{ batchErrorMessage: told }] } });
    expect((await ask('all', batch)).data).toEqual({ it: { results: [{ errorMessage: words }] } });
    expect((await ask('all', history)).data).toEqual({ it: { nodes: [{ batchErrorMessage: words }] } });
  });

  it("don't hide what the gateway itself says about a list that is too long", async () => {
    const stub = await StubUpstream.start(json(422, { message: 'too many records' }));
    const { ask } = await startWithKeys(stub.url, { limited });
    const day = '"2026-01-01"';

    const { errors } = await ask(
      'limited',
      `{ journals(filter: { createdAfter: ${day}, createdBefore: ${day} }) { nodes { id } } }`,
    );

    expect(errors).toMatchObject([
      { message: expect.stringContaining('more than 100000') as string, extensions: { code: 'TOO_MANY_JOURNALS' } },
    ]);
  });

  it("don't hide what the gateway itself says about an input", async () => {
    const stub = await StubUpstream.start(json(200, []));
    const { ask } = await startWithKeys(stub.url, { limited });

    const { data } = await ask('limited', create.replace('"1"', '"-123456789"'));

    expect(JSON.stringify(data)).toContain('expected an amount above 0, found \\"-123456789\\"');
  });
});

describe('an answer to a create that is about the journal of others', () => {
  it.each([
    [
      'createJournal',
      '/v1/journals',
      `input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "10" } }`,
    ],
    [
      'createBatchJournal',
      '/v1/journals/batch',
      `input: { fromAccount: "${sweep}", entries: [{ toAccount: "${customer}", amount: "10" }] }`,
    ],
  ])('of %s is a conflict of keys, and nothing of it is told', async (field, path, input) => {
    const [theirs] = journals;
    const stub = await StubUpstream.start(json(200, path.endsWith('batch') ? [theirs] : theirs));
    const { ask } = await startWithKeys(stub.url, { limited });

    const { data } = await ask(
      'limited',
      `mutation { ${field}(${input}, idempotencyKey: "k") { __typename ... on IdempotencyConflictError { message idempotencyKey } } }`,
    );

    expect(data).toEqual({
      [field]: {
        __typename: 'IdempotencyConflictError',
        message: 'this idempotency key was already used with another input',
        idempotencyKey: 'k',
      },
    });
  });
});
