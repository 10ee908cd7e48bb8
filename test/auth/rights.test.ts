import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createGateway } from '../../src/gateway.ts';
import type { Gateway } from '../../src/gateway.ts';
import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, otherCustomer, richCustomers, sweep } from '../kit/accounts.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { bearer, doors, operate } from '../kit/operate.ts';
import type { Door, Outcome } from '../kit/operate.ts';
import { apiSecret, transmitter } from '../kit/planted.ts';
import { defaultLimits, minimalConfig } from '../kit/minimalConfig.ts';
import { watchedLog } from '../kit/watchedLog.ts';

/** The principals of this file, with their entries of the key file. */
const keys = {
  officer: newKey('officer', {
    scopes: ['journals:read', 'journals:write', 'journals:travel-rule'],
    fromAccounts: ['*'],
  }),
  reader: newKey('reader', { scopes: ['journals:read'] }),
  writer: newKey('writer', { scopes: ['journals:write'], fromAccounts: ['*'] }),
  poor: newKey('poor', { scopes: ['journals:read', 'journals:write'] }),
  own: newKey('own', {
    scopes: ['journals:read', 'journals:write'],
    accounts: [customer.toUpperCase()],
    fromAccounts: [sweep, customer, otherCustomer],
  }),
  other: newKey('other', {
    scopes: ['journals:read', 'journals:write'],
    accounts: [otherCustomer],
    fromAccounts: [otherCustomer],
  }),
  capped: newKey('capped', {
    scopes: ['journals:read', 'journals:write'],
    fromAccounts: ['*'],
    maxAmount: { USD: '0.5' },
    symbols: ['AAPL'],
  }),
  powerless: newKey('powerless', { scopes: [] }),
};

const principals = ['nobody', 'stranger', ...(Object.keys(keys) as (keyof typeof keys)[])] as const;
type Who = (typeof principals)[number];

function credentialOf(who: Who): string | null {
  if (who === 'nobody') return null;
  return bearer(who === 'stranger' ? newKey('stranger').key : keys[who].key);
}

/** The expected outcome of an operation on the journal between sweep and customer, by principal. */
type Outcomes = Partial<Record<Who, string>> & { others: string };

const jnlc = (fromAccount: string, toAccount: string) =>
  `mutation { it: createJournal(input: { jnlc: { fromAccount: "${fromAccount}", toAccount: "${toAccount}", amount: "1" } }) { __typename } }`;
const jnls = (symbol: string) =>
  `mutation { it: createJournal(input: { jnls: { fromAccount: "${sweep}", toAccount: "${customer}", symbol: "${symbol}", qty: "0.001" } }) { __typename } }`;
const batch = (...to: string[]) =>
  `mutation { it: createBatchJournal(input: { fromAccount: "${sweep}", entries: [${to
    .map((toAccount) => `{ toAccount: "${toAccount}", amount: "1" }`)
    .join(' ')}] }) { __typename } }`;
const reverse = (...from: string[]) =>
  `mutation { it: createReverseBatchJournal(input: { toAccount: "${sweep}", entries: [${from
    .map(
      (fromAccount) => `{ fromAccount: "${fromAccount}", amount: "${fromAccount === otherCustomer ? 100000 : 0.01}" }`,
    )
    .join(' ')}] }) { __typename } }`;
const since = '2020-01-01T00:00:00Z';

const forReaders = {
  officer: 'seen',
  reader: 'seen',
  poor: 'seen',
  own: 'seen',
  capped: 'seen',
  other: 'nothing',
  others: 'FORBIDDEN',
};

const operations: Record<string, { query: (id: string) => string; outcomes: Outcomes }> = {
  journal: { query: (id) => `{ it: journal(id: "${id}") { id } }`, outcomes: forReaders },
  node: { query: (id) => `{ it: node(id: "${id}") { id } }`, outcomes: forReaders },
  nodes: { query: (id) => `{ it: nodes(ids: ["${id}"]) { id } }`, outcomes: forReaders },
  journals: { query: () => '{ it: journals(first: 500) { nodes { id } } }', outcomes: forReaders },
  'journals of its payer': {
    query: () => `{ it: journals(first: 500, filter: { fromAccount: "${sweep}" }) { nodes { id } } }`,
    outcomes: forReaders,
  },
  'journals of both sides': {
    query: () =>
      `{ it: journals(first: 500, filter: { fromAccount: "${sweep}", toAccount: "${customer}" }) { nodes { id } } }`,
    outcomes: forReaders,
  },
  'waiting for the journal': {
    query: (id) => `{ it: awaitJournal(id: "${id}", timeoutSeconds: 1) { journal { id } } }`,
    outcomes: forReaders,
  },
  'totals of accounts': {
    query: () => '{ it: journalTotals(groupBy: [TO_ACCOUNT]) { groups { toAccount { id } } } }',
    outcomes: forReaders,
  },
  'totals of its payer': {
    query: () =>
      `{ it: journalTotals(groupBy: [TO_ACCOUNT], filter: { fromAccount: "${sweep}" }) { groups { toAccount { id } } } }`,
    outcomes: forReaders,
  },
  account: { query: () => `{ it: account(id: "${customer}") { id } }`, outcomes: forReaders },
  'account and its journals': {
    query: () => `{ it: account(id: "${customer}") { journals(first: 500) { nodes { id } } } }`,
    outcomes: forReaders,
  },
  'status events': {
    query: () => `{ it: journalStatusEvents(first: 500, since: "${since}") { nodes { journalId } } }`,
    outcomes: forReaders,
  },
  'status events of the journal': {
    query: (id) =>
      `{ it: journalStatusEvents(first: 500, since: "${since}", filter: { journalId: ["${id}"] }) { nodes { journal { id } } } }`,
    outcomes: forReaders,
  },
  'status events of its payer': {
    query: () =>
      `{ it: journalStatusEvents(first: 500, since: "${since}", filter: { accountId: ["${sweep}"] }) { nodes { journalId } } }`,
    outcomes: forReaders,
  },
  // The cursor of the feed names no journal, but reveals that events exist.
  'the cursor of the feed': {
    query: () => '{ it: journalStatusCursor }',
    outcomes: {
      ...forReaders,
      officer: 'nothing',
      reader: 'nothing',
      poor: 'nothing',
      own: 'nothing',
      capped: 'nothing',
    },
  },
  'a journal from sweep to customer': {
    query: () => jnlc(sweep, customer),
    outcomes: {
      capped: 'CAP_EXCEEDED',
      officer: 'CreateJournalSuccess',
      writer: 'CreateJournalSuccess',
      own: 'CreateJournalSuccess',
      others: 'FORBIDDEN',
    },
  },
  'a journal from its payer to others': {
    query: () => jnlc(sweep, otherCustomer),
    outcomes: {
      capped: 'CAP_EXCEEDED',
      officer: 'CreateJournalSuccess',
      writer: 'CreateJournalSuccess',
      others: 'FORBIDDEN',
    },
  },
  'securities of a symbol': {
    query: () => jnls('AAPL'),
    outcomes: {
      officer: 'CreateJournalSuccess',
      writer: 'CreateJournalSuccess',
      own: 'CreateJournalSuccess',
      capped: 'CreateJournalSuccess',
      others: 'FORBIDDEN',
    },
  },
  'securities of another symbol': {
    query: () => jnls('TSLA'),
    outcomes: {
      officer: 'CreateJournalSuccess',
      writer: 'CreateJournalSuccess',
      own: 'CreateJournalSuccess',
      others: 'FORBIDDEN',
    },
  },
  'a batch': {
    query: () => batch(customer),
    outcomes: {
      capped: 'CAP_EXCEEDED',
      officer: 'CreateBatchJournalSuccess',
      writer: 'CreateBatchJournalSuccess',
      own: 'CreateBatchJournalSuccess',
      others: 'FORBIDDEN',
    },
  },
  'a batch with an entry of others': {
    query: () => batch(customer, otherCustomer),
    outcomes: {
      capped: 'CAP_EXCEEDED',
      officer: 'CreateBatchJournalSuccess',
      writer: 'CreateBatchJournalSuccess',
      others: 'FORBIDDEN',
    },
  },
  'a reverse batch': {
    query: () => reverse(...richCustomers),
    outcomes: {
      capped: 'CreateReverseBatchJournalSuccess',
      officer: 'CreateReverseBatchJournalSuccess',
      writer: 'CreateReverseBatchJournalSuccess',
      others: 'FORBIDDEN',
    },
  },
  'a reverse batch with an entry of others': {
    query: () => reverse(otherCustomer, richCustomers[0]),
    outcomes: {
      capped: 'CAP_EXCEEDED',
      officer: 'InsufficientBalanceError',
      writer: 'InsufficientBalanceError',
      others: 'FORBIDDEN',
    },
  },
  'the deletion of the journal': {
    query: (id) => `mutation { it: deleteJournal(id: "${id}") { __typename } }`,
    outcomes: {
      officer: 'JournalNotDeletableError',
      writer: 'JournalNotDeletableError',
      poor: 'JournalNotDeletableError',
      capped: 'JournalNotDeletableError',
      own: 'JournalNotDeletableError',
      other: 'JournalNotFoundError',
      others: 'FORBIDDEN',
    },
  },
  'the reversal of the journal': {
    query: (id) => `mutation { it: reverseJournal(id: "${id}") { __typename } }`,
    outcomes: {
      // The first principal has already reversed the journal, so that this request moves nothing.
      capped: 'ReverseJournalSuccess',
      officer: 'ReverseJournalSuccess',
      writer: 'ReverseJournalSuccess',
      own: 'ReverseJournalSuccess',
      other: 'JournalNotFoundError',
      others: 'FORBIDDEN',
    },
  },
  'what is not deletable': {
    query: (id) => `mutation { it: deleteJournal(id: "${id}") { ... on JournalNotDeletableError { journal { id } } } }`,
    outcomes: { officer: 'seen', poor: 'seen', own: 'seen', capped: 'seen', other: 'nothing', others: 'FORBIDDEN' },
  },
};

let gateway: Gateway;
let id: string;
const opened: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'journals-'));
  opened.push(() => rm(folder, { recursive: true }));
  const file = join(folder, 'keys.json');
  await writeKeyFile(file, Object.values(keys));
  const sandbox = await createSandbox({ keyId: 'sandbox', secretKey: apiSecret, settleDelayMs: 1 });
  opened.push(() => sandbox.close());
  const credentials = { kind: 'basic', keyId: 'sandbox', secretKey: apiSecret } as const;
  const remote = { baseUrl: sandbox.url, credentials, eventsVersion: 'v2', currency: 'USD' } as const;
  gateway = await createGateway({
    config: {
      ...minimalConfig,
      host: '127.0.0.1',
      port: 0,
      logLevel: 'trace',
      auth: { kind: 'api-key', file },
      outcomes: { file: null, settleMs: 60_000 },
      limits: defaultLimits,
      upstream: { kind: 'remote', remote },
    },
    log: watchedLog(),
    defaultQuery: '',
  });
  opened.push(() => gateway.close());
  const create = `mutation ($input: CreateJournalInput!) { createJournal(input: $input) {
    ... on CreateJournalSuccess { journal { id } } } }`;
  const input = { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1', ...transmitter } };
  const { data } = await operate('HTTP', gateway.url, credentialOf('officer'), create, { input });
  ({ id } = (data as { createJournal: { journal: { id: string } } }).createJournal.journal);
});

afterAll(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** Summarizes an outcome: the code of its errors, the type of its result, or whether it shows the journal. */
function summarize({ data, errors, closed }: Outcome): string {
  if (closed) return closed.code === 4403 ? 'UNAUTHENTICATED' : String(closed.code);
  if (errors) return [...new Set(errors.map(({ extensions }) => String(extensions?.['code'])))].join();
  const type = (data?.['it'] as { __typename?: string } | null)?.__typename;
  if (type !== undefined) return type;
  const text = JSON.stringify(data?.['it']);
  return text.includes(id) || text.includes(customer) ? 'seen' : 'nothing';
}

describe.each(doors.flatMap((door) => principals.map((who): [Door, Who] => [door, who])))(
  'over %s, the principal "%s"',
  (door, who) => {
    const isKnown = who !== 'nobody' && who !== 'stranger';

    it('can perform exactly the operations that it is authorized for', async () => {
      const rows = await Promise.all(
        Object.entries(operations).map(async ([name, { query, outcomes }]) => ({
          name,
          found: summarize(await operate(door, gateway.url, credentialOf(who), query(id))),
          expected: isKnown ? (outcomes[who] ?? outcomes.others) : 'UNAUTHENTICATED',
        })),
      );
      const found = Object.fromEntries(rows.map((row) => [row.name, row.found]));
      const expected = Object.fromEntries(rows.map((row) => [row.name, row.expected]));

      expect(found).toEqual(expected);
    });

    it('sees the Travel Rule data of a journal only with the scope for it', async () => {
      const query = `{ it: journal(id: "${id}") { ... on JNLC { transmitterName } } }`;

      const outcome = await operate(door, gateway.url, credentialOf(who), query);

      if (who === 'officer') expect(outcome.data).toEqual({ it: { transmitterName: transmitter.transmitterName } });
      else expect(JSON.stringify(outcome)).not.toContain(transmitter.transmitterName);
    });
  },
);

describe('a request over HTTP or SSE', () => {
  it.each([
    ['without a credential', null, /^Bearer realm="journals"$/],
    ['with an unknown API key', 'Bearer jgw_nobody', /error="invalid_token"/],
    ['with another authentication scheme', 'Basic YTpi', /error="invalid_request"/],
  ])('%s is answered with 401 and a challenge', async (_how, authorization, challenge) => {
    for (const door of ['HTTP', 'SSE'] as const) {
      const { status, headers, errors, data } = await operate(door, gateway.url, authorization, '{ nonsense');

      expect(status).toBe(401);
      expect(headers?.get('www-authenticate')).toMatch(challenge);
      expect(data).toBeUndefined();
      expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    }
  });
});
