import { describe, expect, it } from 'vitest';

import type { KeyEntry } from '../../src/auth/keyFile.ts';
import { redactedMessage } from '../../src/auth/redactUpstreamMessage.ts';
import { customer, otherCustomer, sweep, thirdCustomer, unknownAccount } from '../kit/accounts.ts';
import { closeEachLater } from '../kit/closeLater.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import type { Answer, SeenRequest } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const foreign = '11111111-1111-4111-8111-111111111111';
const missing = '22222222-2222-4222-8222-222222222222';
const own = '33333333-3333-4333-8333-333333333333';
const createdAt = '2026-10-13T13:11:10.57913Z';

/** Journals, of which the principal with the account `customer` may see only the second. */
const journals = [
  wireJNLC({ id: foreign, from_account: sweep, to_account: otherCustomer, created_at: createdAt, status: 'pending' }),
  wireJNLC({ id: own, from_account: sweep, to_account: customer, created_at: createdAt, status: 'pending' }),
];

const limited: Partial<KeyEntry> = {
  scopes: ['journals:read', 'journals:write'],
  accounts: [customer],
  fromAccounts: [sweep, customer],
};

/** Answers as the real API would with these journals. */
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

/** Streams an event of each journal, then ends. */
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

/** Describes an upstream request, with the guessed id removed. */
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

describe('a foreign journal is indistinguishable from a missing one, in the answer and in upstream calls', () => {
  it.each<[string, (id: string) => string]>([
    ['by journal', (id) => `{ journal(id: "${id}") { id } }`],
    ['by node', (id) => `{ node(id: "${id}") { id } }`],
    ['by nodes', (id) => `{ nodes(ids: ["${own}", "${id}", "${id.toUpperCase()}"]) { id } }`],
    [
      'when its cursor is used in after',
      (id) => `{ journals(after: "${journalCursor(id)}") { nodes { id } pageInfo { hasPreviousPage } } }`,
    ],
    [
      'when its status events are queried',
      (id) => `{ journalStatusEvents(since: "${since}", filter: { journalId: ["${id}"] }) { nodes { id } } }`,
    ],
    [
      "when its status events are queried with the principal's own account",
      (id) =>
        `{ journalStatusEvents(since: "${since}", filter: { journalId: ["${id}"], accountId: ["${customer}"] }) { nodes { id } } }`,
    ],
    [
      'by deleteJournal',
      (id) => `mutation { deleteJournal(id: "${id}") { __typename
        ... on JournalError { message requestId upstreamCode } ... on JournalNotDeletableError { journal { id } } } }`,
    ],
  ])('%s', async (_how, query) => {
    const [known, none] = await Promise.all([guess(query, foreign), guess(query, missing)]);

    // The answer may repeat the cursor that was sent, which contains the guessed id.
    const withoutCursor = (answer: string) =>
      answer.replaceAll(journalCursor(foreign), '').replaceAll(journalCursor(missing), '');
    expect(withoutCursor(known.answer)).toBe(withoutCursor(none.answer));
    expect(known.asked).toEqual(none.asked);
    expect(known.answer).not.toContain(otherCustomer);
  });
});

describe("a journal of the principal's own account", () => {
  it('is visible in the same query', async () => {
    const mine = await guess((id) => `{ journal(id: "${id}") { id toAccount { id } } }`, own);

    expect(mine.answer).toContain(customer);
  });
});

describe('a foreign account is indistinguishable from a missing one, in the answer and in upstream calls', () => {
  it.each<[string, (id: string) => string]>([
    ['by account', (id) => `{ account(id: "${id}") { journals { nodes { id } } } }`],
    ['as fromAccount of a list', (id) => `{ journals(filter: { fromAccount: "${id}" }) { nodes { id } } }`],
    ['as toAccount of a list', (id) => `{ journals(filter: { toAccount: "${id}" }) { nodes { id } } }`],
    [
      'as toAccount of a list that also names fromAccount',
      (id) => `{ journals(filter: { fromAccount: "${sweep}", toAccount: "${id}" }) { nodes { id } } }`,
    ],
    [
      'as accountId of status events',
      (id) => `{ journalStatusEvents(since: "${since}", filter: { accountId: ["${id}"] }) { nodes { id } } }`,
    ],
    [
      'as toAccount of a new journal',
      (id) =>
        `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${id}", amount: "1" } }) { __typename } }`,
    ],
    [
      'in an entry of a batch',
      (id) => `mutation { createBatchJournal(input: { fromAccount: "${sweep}", entries: [
        { toAccount: "${customer}", amount: "1" } { toAccount: "${id}", amount: "1" }] }) { __typename } }`,
    ],
    [
      'in an entry of a reverse batch',
      (id) => `mutation { createReverseBatchJournal(input: { toAccount: "${customer}", entries: [
        { fromAccount: "${sweep}", amount: "1" } { fromAccount: "${id}", amount: "1" }] }) { __typename } }`,
    ],
  ])('%s', async (_how, query) => {
    const [known, none] = await Promise.all([guess(query, otherCustomer), guess(query, unknownAccount)]);

    expect(known).toEqual(none);
    expect(known.answer).not.toContain(foreign);
  });
});

describe('a list of journals', () => {
  it('of a foreign account contains only its journals with an account of the principal', async () => {
    const { answer, asked } = await guess(
      (id) => `{ journals(filter: { fromAccount: "${id}" }) { nodes { id } } }`,
      sweep,
    );

    expect(answer).toContain(own);
    expect(answer).not.toContain(foreign);
    expect(asked).toEqual([expect.stringContaining(`from_account=GUESS&to_account=${customer}`)]);
  });

  it('is filtered by the gateway if the principal has too many accounts for separate calls', async () => {
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

const create = `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }) {
  __typename ... on JournalError { message upstreamCode requestId } ... on InvalidRequestError { issues { message } } } }`;

describe.concurrent("the API's message", () => {
  closeEachLater();

  const insufficient = 'insufficient balance';

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
  ])('in a refusal with %i, "%s", is shown only to principals who may read it', async (status, message, shown) => {
    const stub = await StubUpstream.start(json(status, { message, code: 40310000 }, { 'x-request-id': 'request-1' }));
    const { ask } = await startWithKeys(stub.url, { limited, all: { ...limited, accounts: undefined } });

    const { data } = await ask('limited', create);
    const { data: unredacted } = await ask('all', create);

    const messageOf = (answer: unknown) => (answer as { createJournal: { message: string } }).createJournal.message;
    expect(messageOf(data).replace(/^HTTP \d+: /, '')).toBe(shown);
    expect(JSON.stringify(data)).not.toMatch(
      new RegExp(`${thirdCustomer}|${foreign}|${foreign.replaceAll('-', '')}|12\\.50|7 < 9|927721227`, 'i'),
    );
    expect(messageOf(unredacted)).toContain(message);
    expect(data).toMatchObject({ createJournal: { requestId: 'request-1' } });
  });

  it.each([400, 403, 503])(
    'in a read that fails with %i is shown only to principals who may read it',
    async (status) => {
      const message = `not for ${thirdCustomer}`;
      const stub = await StubUpstream.start(json(status, { message }), events);
      const { ask } = await startWithKeys(stub.url, { limited, all: { ...limited, accounts: undefined } });

      const query = `{ journal(id: "${own}") { id } }`;
      const [{ errors }, { errors: unredacted }] = await Promise.all([ask('limited', query), ask('all', query)]);

      expect(errors?.[0]?.message).toBe(redactedMessage);
      expect(errors?.[0]?.extensions).toEqual(unredacted?.[0]?.extensions);
      expect(unredacted?.[0]?.message).toContain(message);
    },
  );

  it.each([
    [`refused: ${own} is too much`, `refused: ${own} is too much`],
    [`refused: ${foreign} is the same`, redactedMessage],
    ['refused: 12.50 available', redactedMessage],
  ])('for a batch entry, "%s", is redacted in its result and in its events', async (message, shown) => {
    const failed = wireJNLC({ ...journals[1], error_message: message });
    const stub = await StubUpstream.start(
      (seen, response) => json(200, seen.method === 'POST' ? [failed] : failed)(seen, response),
      (seen, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const event = { at: createdAt, event_id: '01J00000000000000000000000', entry_type: 'JNLC', journal_id: own };
        const ended = { status_from: 'queued', status_to: 'refused', batch_error_message: message };
        if (seen.url.includes('until')) response.end(`data: ${JSON.stringify({ ...event, ...ended })}\n\n`);
      },
    );
    const { ask } = await startWithKeys(stub.url, { limited, all: { ...limited, accounts: undefined } });
    const batch = `mutation { it: createBatchJournal(input: { fromAccount: "${sweep}", entries: [{ toAccount: "${customer}", amount: "10" }] }) {
      ... on CreateBatchJournalSuccess { results { errorMessage } } } }`;
    const history = `{ it: journalStatusEvents(since: "${since}") { nodes { batchErrorMessage } } }`;

    expect((await ask('limited', batch)).data).toEqual({ it: { results: [{ errorMessage: shown }] } });
    expect((await ask('limited', history)).data).toEqual({ it: { nodes: [{ batchErrorMessage: shown }] } });
    expect((await ask('all', batch)).data).toEqual({ it: { results: [{ errorMessage: message }] } });
    expect((await ask('all', history)).data).toEqual({ it: { nodes: [{ batchErrorMessage: message }] } });
  });
});

describe("the gateway's own message", () => {
  it('about a list that is too long is not redacted', async () => {
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

  it('about an input is not redacted', async () => {
    const stub = await StubUpstream.start(json(200, []));
    const { ask } = await startWithKeys(stub.url, { limited });

    const { data } = await ask('limited', create.replace('"1"', '"-123456789"'));

    expect(JSON.stringify(data)).toContain('expected an amount above 0, found \\"-123456789\\"');
  });
});

describe('an upstream answer with a foreign journal', () => {
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
  ])('becomes an idempotency conflict in %s and reveals nothing of that journal', async (field, path, input) => {
    const [foreignJournal] = journals;
    const stub = await StubUpstream.start(json(200, path.endsWith('batch') ? [foreignJournal] : foreignJournal));
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
