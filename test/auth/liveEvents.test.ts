import { describe, expect, it } from 'vitest';

import type { ServerResponse } from 'node:http';

import { redactedMessage } from '../../src/auth/redactUpstreamMessage.ts';
import { customer, otherCustomer, sweep, thirdCustomer } from '../kit/accounts.ts';
import { Gate } from '../kit/Gate.ts';
import { enter, openStream } from '../kit/operate.ts';
import type { Door } from '../kit/operate.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

/** The transports that carry subscriptions. */
const doors = ['SSE', 'WebSocket', 'WebSocket header'] as const satisfies readonly Door[];

const grants = {
  officer: { scopes: ['journals:read', 'journals:write'], fromAccounts: ['*'] },
  own: { scopes: ['journals:read'], accounts: [customer] },
  'both sides': { scopes: ['journals:read'], accounts: [sweep] },
  nothing: { scopes: ['journals:read'], accounts: [] },
  powerless: { scopes: ['journals:write'] },
} as const satisfies Record<string, object>;
type Who = keyof typeof grants;

interface Result {
  data?: { journalStatusChanged: { journalId: string; statusTo: string; journal: { id: string } | null } } | null;
  errors?: { message: string; extensions: Record<string, unknown> }[];
}

type Listen = (query: string, variables?: Record<string, unknown>) => Promise<() => Promise<Result>>;

/** Opens a subscription over a transport. The returned function reads the next result. */
function listenerAt(door: (typeof doors)[number], url: string, credential: string): Listen {
  return async (query, variables) => {
    if (door === 'SSE') {
      const stream = await openStream(url, credential, query, variables);
      return async () => JSON.parse((await stream.next())?.data ?? '{}') as Result;
    }
    const socket = await enter(door, url, credential);
    if (!(socket instanceof RawSocket)) throw new Error(`not let in: ${JSON.stringify(socket)}`);
    socket.subscribe('s', query, variables);
    const received = await socket.receivedSoFar();
    return async () => {
      const { type, payload } = received.shift() ?? (await socket.next());
      return (type === 'error' ? { errors: payload } : payload) as Result;
    };
  };
}

async function start() {
  const sandbox = await startSandbox();
  const { url, credentials, ask } = await startWithKeys<Who>(sandbox.url, grants as Record<Who, object>);
  const create = async (toAccount: string) => {
    const { data } = await ask(
      'officer',
      `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${toAccount}", amount: "1" } }) {
        ... on CreateJournalSuccess { journal { id } } } }`,
    );
    return (data as { createJournal: { journal: { id: string } } }).createJournal.journal.id;
  };
  return { ask, create, listen: (door: (typeof doors)[number], who: Who) => listenerAt(door, url, credentials[who]) };
}

const plain = '{ journalStatusChanged(FILTER) { journalId statusTo journal { id } } }';
const subscription = (filter = '') => `subscription ${plain.replace('(FILTER)', filter && `(${filter})`)}`;

describe.each(doors)('a subscription over %s', (door) => {
  it.each<[Who, 'all journals' | 'its own journals']>([
    ['officer', 'all journals'],
    ['both sides', 'all journals'],
    ['own', 'its own journals'],
  ])('of the principal "%s" receives the events of %s', async (who, which) => {
    const { create, listen } = await start();
    const next = await listen(door, who)(subscription());

    const [foreign, own] = [await create(otherCustomer), await create(customer)];

    const ids = new Set<string>();
    for (let last = ''; last !== `${own} EXECUTED`;) {
      const event = (await next()).data?.journalStatusChanged;
      last = `${event?.journalId} ${event?.statusTo}`;
      ids.add(String(event?.journalId));
      expect(event?.journal?.id).toBe(event?.journalId);
    }
    expect(ids).toEqual(new Set(which === 'all journals' ? [foreign, own] : [own]));
  });

  it.each<[string, (foreign: string, own: string) => string]>([
    ["another principal's journal", (foreign, own) => `filter: { journalId: ["${foreign}", "${own}"] }`],
    ['the payer of both journals', () => `filter: { accountId: ["${sweep}"] }`],
    ['a foreign account', () => `filter: { accountId: ["${otherCustomer}", "${customer}"] }`],
    ['a status and an entry type', () => `filter: { statusTo: [EXECUTED], entryType: JNLC }`],
  ])('with a filter on %s receives no foreign event, live or after a cursor', async (_what, filterOf) => {
    const { ask, create, listen } = await start();
    const { data } = await ask('own', '{ journalStatusCursor }');
    const after = `after: "${String(data?.['journalStatusCursor'])}"`;
    const [foreign, own] = [await create(otherCustomer), await create(customer)];

    const next = await listen(door, 'own')(subscription(`${filterOf(foreign, own)}, ${after}`));

    for (let statusTo = ''; statusTo !== 'EXECUTED';) {
      const event = (await next()).data?.journalStatusChanged;
      expect(event?.journalId).toBe(own);
      statusTo = String(event?.statusTo);
    }
  });

  it('is denied without the scope before its cursor and filter are validated', async () => {
    const { listen } = await start();

    const next = await listen(door, 'powerless')(subscription(`filter: { journalId: ["x"] }, after: "x"`));

    expect(await next()).toMatchObject({ errors: [{ extensions: { code: 'FORBIDDEN' } }] });
  });
});

const at = '2099-01-01T00:00:00Z';

/** Starts a gateway in front of an upstream whose feed sends the events of the test. */
async function startStub(answer: Answer) {
  const opened = new Gate();
  let feed: ServerResponse | undefined;
  const stub = await StubUpstream.start(answer, (_seen, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': welcome\n\n');
    feed ??= response;
    opened.open();
  });
  const emit = (journalId: string) => {
    const event = { at, event_id: `01J0000000000000000000${journalId.slice(0, 4)}`, entry_type: 'JNLC' };
    const of = { journal_id: journalId, status_from: '', status_to: 'queued' };
    feed?.write(`data: ${JSON.stringify({ ...event, ...of })}\n\n`);
  };
  const { url, credentials } = await startWithKeys<Who>(stub.url, grants as Record<Who, object>);
  await opened.opened;
  return { stub, emit, listen: (door: (typeof doors)[number], who: Who) => listenerAt(door, url, credentials[who]) };
}

const own = wireJNLC({ id: '33333333-3333-4333-8333-333333333333', from_account: sweep, to_account: customer });
const foreign = wireJNLC({
  id: '11111111-1111-4111-8111-111111111111',
  from_account: sweep,
  to_account: thirdCustomer,
});

describe('the filter of a subscription on a journal', () => {
  it('delivers events of a visible journal even if the journal cannot be read at first', async () => {
    const asked = new Gate();
    const { stub, emit, listen } = await startStub(async (seen, response) => {
      const isFirst = stub.calls.length === 1;
      await json(isFirst ? 404 : 200, isFirst ? { message: 'not found' } : own)(seen, response);
      asked.open();
    });
    const next = await listen('WebSocket', 'own')(subscription(`filter: { journalId: ["${own.id}"] }`));

    await asked.opened;
    emit(own.id);

    expect((await next()).data?.journalStatusChanged.journalId).toBe(own.id);
  });

  it('reads a foreign journal once, regardless of the number of its events', async () => {
    const { stub, emit, listen } = await startStub((seen, response) =>
      json(200, seen.url.endsWith(own.id) ? own : foreign)(seen, response),
    );
    const ids = `"${foreign.id}", "${own.id}"`;
    const next = await listen('WebSocket', 'own')(subscription(`filter: { journalId: [${ids}] }`));

    emit(foreign.id);
    emit(own.id);

    expect((await next()).data?.journalStatusChanged.journalId).toBe(own.id);
    expect(stub.calls.filter(({ url }) => url.endsWith(foreign.id))).toHaveLength(1);
  });
});

describe.each(doors)('a subscription over %s that ends because an event cannot be authorized', (door) => {
  it.each<[Who, string]>([
    ['own', redactedMessage],
    ['officer', `no answer for ${thirdCustomer}`],
  ])('shows the principal "%s" only the message that it may read', async (who, message) => {
    const { emit, listen } = await startStub(json(500, { message: `no answer for ${thirdCustomer}` }));
    const next = await listen(door, who)(subscription(`filter: { accountId: ["${customer}"] }`));

    emit(foreign.id);

    const { errors } = await next();
    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    expect(JSON.stringify(errors).includes(thirdCustomer)).toBe(who === 'officer');
  });
});
