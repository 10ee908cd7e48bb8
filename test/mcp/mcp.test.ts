import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { describe, expect, it } from 'vitest';

import type { KeyEntry } from '../../src/auth/keyFile.ts';
import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { control } from '../kit/control.ts';
import { closeLater } from '../kit/closeLater.ts';
import { openJournalsClient } from '../kit/openJournalsClient.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import type { GatewaySettings } from '../kit/startGateway.ts';
import { startWatched } from '../kit/startWatched.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';

const on = { mcp: true } satisfies GatewaySettings;

const rights = {
  agent: {
    scopes: ['journals:read', 'journals:write'],
    fromAccounts: ['*'],
    maxAmount: { USD: '10' },
    maxDailyAmount: { USD: '25' },
  },
  uncapped: { scopes: ['journals:read', 'journals:write'], fromAccounts: ['*'] },
  reader: { scopes: ['journals:read'] },
  writer: { scopes: ['journals:write'], fromAccounts: ['*'], maxAmount: { USD: '10' } },
  other: { scopes: ['journals:read'], accounts: [otherCustomer] },
} satisfies Record<string, Partial<KeyEntry>>;
type Name = keyof typeof rights;

/** Connects with the SDK's own client. */
async function connect(url: string, authorization?: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const transport = new StreamableHTTPClientTransport(new URL(url.replace('/graphql', '/mcp')), {
    requestInit: { headers: authorization === undefined ? {} : { authorization } },
  });
  closeLater(() => client.close());
  await client.connect(transport);
  return client;
}

async function startAgents(): Promise<{ sandbox: Sandbox; as: (name: Name) => Promise<Client> }> {
  const sandbox = await startSandbox();
  const { url, credentials } = await startWithKeys(sandbox.url, rights, on);
  return { sandbox, as: (name) => connect(url, credentials[name]) };
}

/** Calls a tool and returns its result as data, or the code of its error. */
async function call(client: Client, name: string, args: Record<string, unknown>): Promise<unknown> {
  const { structuredContent, isError } = (await client.callTool({ name, arguments: args })) as CallToolResult;
  const { data, errors } = structuredContent as { data?: unknown; errors?: { extensions: { code: string } }[] };
  return isError ? errors?.[0]?.extensions.code : data;
}

async function namesOf(client: Client): Promise<string[]> {
  return (await client.listTools()).tools.map(({ name }) => name).sort();
}

async function journalsIn(sandbox: Sandbox): Promise<number> {
  return (await openJournalsClient(sandbox.url).list({ limit: 1_000 })).journals.length;
}

const input = { fromAccount: sweep, toAccount: customer, amount: '10' };

describe('the tools of a gateway without a manifest', () => {
  it('are those that the principal may use; creates are included only if it has a cap', async () => {
    const { as } = await startAgents();

    expect(await namesOf(await as('agent'))).toEqual([
      'await_journal',
      'create_journal',
      'get_journal',
      'journal_totals',
      'list_journals',
    ]);
    expect(await namesOf(await as('uncapped'))).toEqual([
      'await_journal',
      'get_journal',
      'journal_totals',
      'list_journals',
    ]);
    expect(await namesOf(await as('reader'))).toEqual([
      'await_journal',
      'get_journal',
      'journal_totals',
      'list_journals',
    ]);
    expect(await namesOf(await as('writer'))).toEqual(['create_journal']);
    await expect(call(await as('uncapped'), 'create_journal', { input, idempotencyKey: 'key' })).rejects.toThrow(
      'there is no such tool for this principal',
    );
  });

  it('state their arguments as JSON Schema', async () => {
    const { as } = await startAgents();

    const { tools } = await (await as('agent')).listTools();

    expect(tools.find(({ name }) => name === 'create_journal')).toMatchObject({
      annotations: { readOnlyHint: false, idempotentHint: true },
      inputSchema: {
        type: 'object',
        additionalProperties: false,
        required: ['input', 'idempotencyKey'],
        properties: {
          input: { required: ['amount', 'fromAccount', 'toAccount'], properties: { amount: { type: 'string' } } },
          idempotencyKey: { type: 'string' },
        },
      },
    });
    expect(tools.find(({ name }) => name === 'list_journals')?.inputSchema).toMatchObject({
      required: [],
      properties: { first: { type: 'integer', default: 20 }, filter: { properties: { status: { type: 'array' } } } },
    });
  });

  it('create a journal once, however often the call is repeated, and read it', async () => {
    const { sandbox, as } = await startAgents();
    const client = await as('agent');
    const before = await journalsIn(sandbox);
    const create = () => call(client, 'create_journal', { input, idempotencyKey: 'once' });

    const first = (await create()) as { createJournal: { journal: { id: string } } };
    const { id } = first.createJournal.journal;

    expect(first).toMatchObject({ createJournal: { __typename: 'CreateJournalSuccess', replayed: false } });
    expect(await create()).toMatchObject({ createJournal: { replayed: true, journal: { id } } });
    expect(await journalsIn(sandbox)).toBe(before + 1);
    expect(await call(client, 'get_journal', { id })).toMatchObject({ journal: { id, netAmount: '10' } });
    const listed = await call(client, 'list_journals', { filter: { toAccount: customer }, first: 5 });
    expect(listed).toMatchObject({ journals: { nodes: [{ id }] } });
  });

  it('wait for a journal and add journals up', async () => {
    const { as } = await startAgents();
    const client = await as('agent');
    const created = (await call(client, 'create_journal', { input, idempotencyKey: 'key' })) as {
      createJournal: { journal: { id: string } };
    };
    const { id } = created.createJournal.journal;

    expect(await call(client, 'await_journal', { id })).toMatchObject({
      awaitJournal: { timedOut: false, journal: { id, progress: 'DONE' } },
    });
    expect(await call(client, 'journal_totals', { groupBy: ['PROGRESS'] })).toMatchObject({
      journalTotals: { count: 1, complete: true, groups: [{ progress: 'DONE', currency: 'USD', netAmount: '10' }] },
    });
  });

  it('respect the caps and the rights of the principal', async () => {
    const { sandbox, as } = await startAgents();
    const [agent, other] = [await as('agent'), await as('other')];
    const create = (amount: string, key: string) =>
      call(agent, 'create_journal', { input: { ...input, amount }, idempotencyKey: key });
    const before = await journalsIn(sandbox);

    expect(await create('10.01', 'a')).toBe('CAP_EXCEEDED');
    await create('10', 'b');
    await create('10', 'c');
    expect(await create('5.01', 'd')).toBe('CAP_EXCEEDED');
    expect(await journalsIn(sandbox)).toBe(before + 2);
    expect(await call(other, 'list_journals', {})).toMatchObject({ journals: { nodes: [] } });
  });

  it.each([
    ['without a key', { input }, 'idempotencyKey: expected a key'],
    ['with an empty key', { input, idempotencyKey: '' }, 'idempotencyKey: expected a key'],
    ['with an unknown argument', { input, idempotencyKey: 'key', force: true }, 'there is no argument force'],
  ])('refuse a create %s', async (_what, args, message) => {
    const { sandbox, as } = await startAgents();
    const client = await as('agent');
    const before = await journalsIn(sandbox);

    await expect(call(client, 'create_journal', args)).rejects.toThrow(message);

    expect(await journalsIn(sandbox)).toBe(before);
  });

  it('refuse an inexact number as an amount', async () => {
    const { as } = await startAgents();

    const result = call(await as('agent'), 'create_journal', { input: { ...input, amount: 1.5 }, idempotencyKey: 'x' });

    expect(await result).toBe('BAD_USER_INPUT');
  });

  it('are logged like all other operations', async () => {
    const { url, lines } = await startWatched((await startSandbox()).url, on);

    await call(await connect(url), 'list_journals', {});

    expect(lines.filter(({ msg }) => msg === 'operation')).toMatchObject([
      { kind: 'query', name: 'list_journals', fields: ['journals'], principal: 'anyone', outcome: 'OK' },
    ]);
  });

  it('are limited like all other operations', async () => {
    const sandbox = await startSandbox();
    const { url } = await startGateway(sandbox.url, {}, { ...on, limits: { maxPerSecond: 1 } });
    const client = await connect(url);
    await call(client, 'list_journals', {});

    expect(await call(client, 'list_journals', {})).toBe('OPERATION_RATE_LIMITED');
  });
});

describe('the tools of a manifest', () => {
  const manifest = {
    'sha256:1': 'query Status($id: ID!) { journal(id: $id) { status } }',
    'sha256:2': `mutation Pay($to: ID!, $amount: Decimal!, $key: String) {
      createJournal(
        input: { jnlc: { fromAccount: "${sweep}", toAccount: $to, amount: $amount } }
        idempotencyKey: $key
      ) { __typename }
    }`,
    'sha256:3': `mutation PayTwice { createJournal(
      input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }
    ) { __typename } }`,
    'sha256:4': `mutation PayOnceForever { createJournal(
      input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }
      idempotencyKey: "fixed"
    ) { __typename } }`,
    'sha256:5': 'subscription Watch { journalStatusChanged { journalId } }',
    'sha256:6': 'mutation Delete($id: ID!) { deleteJournal(id: $id) { __typename } }',
  };

  it('are its queries and mutations, except creates without a key argument; the key is required', async () => {
    const sandbox = await startSandbox();
    const file = join(await temporaryFolder(), 'manifest.json');
    await writeFile(file, JSON.stringify(manifest));
    const { url } = await startGateway(sandbox.url, {}, { ...on, documents: { file, only: true } });
    const client = await connect(url);
    const before = await journalsIn(sandbox);

    expect(await namesOf(client)).toEqual(['Delete', 'Pay', 'Status']);
    await expect(call(client, 'Pay', { to: customer, amount: '1' })).rejects.toThrow('key: expected a key');
    const pay = () => call(client, 'Pay', { to: customer, amount: '1', key: 'paid' });
    expect(await pay()).toEqual({ createJournal: { __typename: 'CreateJournalSuccess' } });
    expect(await pay()).toEqual({ createJournal: { __typename: 'CreateJournalSuccess' } });
    expect(await journalsIn(sandbox)).toBe(before + 1);
  });
});

describe('the endpoint', () => {
  const message = { jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} };
  const post = (url: string, body: string, headers: Record<string, string> = {}) =>
    fetch(url.replace('/graphql', '/mcp'), {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body,
    });

  it('does not exist unless it is turned on', async () => {
    const { gateway } = await startBoth();

    expect((await post(gateway.url, JSON.stringify(message))).status).toBe(404);
  });

  it('requires a credential', async () => {
    const sandbox = await startSandbox();
    const { url } = await startWithKeys(sandbox.url, rights, on);

    const response = await post(url, JSON.stringify(message));

    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toMatch(/^Bearer realm="journals"/);
    await expect(connect(url)).rejects.toThrow();
  });

  it.each([
    ['text that is not JSON', 'x', {}, 400],
    ['a list of messages', JSON.stringify([message]), {}, 400],
    ['a body that is too large', JSON.stringify({ ...message, params: { padding: 'x'.repeat(2_000) } }), {}, 413],
    ['a page of another origin', JSON.stringify(message), { origin: 'https://evil.example' }, 403],
    ['a compressed body', JSON.stringify(message), { 'content-encoding': 'gzip' }, 415],
    ['another content type', JSON.stringify(message), { 'content-type': 'text/plain' }, 415],
  ])('refuses %s', async (_what, body, headers, status) => {
    const sandbox = await startSandbox();
    const { url } = await startGateway(sandbox.url, {}, { ...on, limits: { maxRequestBytes: 1_024 } });

    expect((await post(url, body, headers)).status).toBe(status);
    expect((await post(url, JSON.stringify(message))).status).toBe(200);
  });

  it('offers no stream of its own', async () => {
    const sandbox = await startSandbox();
    const { url } = await startGateway(sandbox.url, {}, on);

    const response = await fetch(url.replace('/graphql', '/mcp'), { headers: { accept: 'text/event-stream' } });

    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
  });

  it('moves money once on a network that loses responses', async () => {
    const { sandbox, as } = await startAgents();
    const client = await as('agent');
    const before = await journalsIn(sandbox);
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'answerLost', probability: 1, operations: ['createJournal'] }],
    });

    const args = { input, idempotencyKey: 'lost' };
    expect(await call(client, 'create_journal', args)).toMatchObject({
      createJournal: { __typename: 'OutcomeUnknownError' },
    });
    await control(sandbox, 'DELETE', 'faults');

    expect(await call(client, 'create_journal', args)).toMatchObject({
      createJournal: { __typename: 'CreateJournalSuccess' },
    });
    expect(await journalsIn(sandbox)).toBe(before + 1);
  });
});
