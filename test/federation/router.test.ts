import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, sweep, unknownAccount } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { createJournals } from '../kit/createJournals.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { bearer, operate } from '../kit/operate.ts';
import { serveHere } from '../kit/serveHere.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { areToolsLeftOut, startTool } from '../kit/tools.ts';
import { startPeople } from './kit/startPeople.ts';

/** Apollo's composer and router in front of a gateway and a second subgraph. */
function startRouter(
  journalsUrl: string,
  peopleUrl: string,
  environment: Record<string, string> = {},
): Promise<string> {
  const subgraphs = [`journals=${journalsUrl}`, `people=${peopleUrl}`];
  return startTool('router.js', subgraphs, /^router +(\S+)$/m, environment);
}

const create = `mutation ($input: CreateJournalInput!) {
  createJournal(input: $input) { ... on CreateJournalSuccess { journal { id } } }
}`;

/** A subgraph whose clients need a key: one composes the schema, one moves cash, one sees another account only. */
async function serveWithKeys() {
  const file = join(await temporaryFolder(), 'keys.json');
  const keys = {
    composer: newKey('composer', { scopes: ['schema:introspect'] }),
    sweeper: newKey('sweeper', { scopes: ['journals:read', 'journals:write'], fromAccounts: ['*'] }),
    stranger: newKey('stranger', { scopes: ['journals:read'], accounts: [otherCustomer] }),
  };
  await writeKeyFile(file, Object.values(keys));
  const { url } = await serveHere({ FEDERATION: 'true', AUTH: 'api-key', AUTH_API_KEYS_FILE: file });
  return { url, keys };
}

describe.skipIf(areToolsLeftOut('the tests with a federation router'))('a router', () => {
  it('joins journals and accounts with the fields of another subgraph in both directions, and passes mutations on', async () => {
    const { url } = await serveHere({ FEDERATION: 'true' });
    const [id = ''] = await createJournals(url, 1);
    const people = await startPeople([customer, otherCustomer], [id, unknownAccount]);
    const router = await startRouter(url, people);

    const out = await ask(
      router,
      `{
        journals(first: 1) { nodes { id noteCount toAccount { id ownerName } ... on JNLC { netAmount } } }
        people { name account { journals(first: 1) { nodes { id } } } }
        notes { text journal { __typename id status ... on JNLC { netAmount } } }
      }`,
    );

    expect(out).toEqual({
      data: {
        journals: {
          nodes: [{ id, noteCount: 1, netAmount: '1', toAccount: { id: customer, ownerName: `owner of ${customer}` } }],
        },
        people: [
          { name: `owner of ${customer}`, account: { journals: { nodes: [{ id }] } } },
          { name: `owner of ${otherCustomer}`, account: { journals: { nodes: expect.any(Array) as unknown } } },
        ],
        notes: [
          {
            text: `note on ${id}`,
            journal: { __typename: 'JNLC', id, status: expect.any(String) as unknown, netAmount: '1' },
          },
          { text: `note on ${unknownAccount}`, journal: null },
        ],
      },
    });
    const [created] = await createJournals(router, 1);
    expect(await ask(url, '{ journals(first: 1) { nodes { id } } }')).toEqual({
      data: { journals: { nodes: [{ id: created }] } },
    });
  });

  it('shows a client only what the client itself may see', async () => {
    const { url, keys } = await serveWithKeys();
    const composer = { AUTHORIZATION: bearer(keys.composer.key) };
    const input = { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1' } };
    const created = await operate('HTTP', url, bearer(keys.sweeper.key), create, { input });
    const id = (created.data as { createJournal: { journal: { id: string } } }).createJournal.journal.id;
    const router = await startRouter(url, await startPeople([], [id]), composer);
    const query = '{ notes { journal { id entryType } } }';

    const seen = await operate('HTTP', router, bearer(keys.sweeper.key), query);
    const hidden = await operate('HTTP', router, bearer(keys.stranger.key), query);
    const anonymous = await operate('HTTP', router, null, query);

    expect(seen.data).toEqual({ notes: [{ journal: { id, entryType: 'JNLC' } }] });
    expect(hidden.data).toEqual({ notes: [{ journal: null }] });
    expect(anonymous.data).toEqual({ notes: [{ journal: null }] });
    expect(JSON.stringify(anonymous.errors)).toContain('UNAUTHENTICATED');
  });

  it('passes events on, joined with the fields of another subgraph, only to clients that may see them', async () => {
    const { url, keys } = await serveWithKeys();
    const sweeper = bearer(keys.sweeper.key);
    const createTo = async (toAccount: string) => {
      const input = { jnlc: { fromAccount: sweep, toAccount, amount: '1' } };
      const { data } = await operate('HTTP', url, sweeper, create, { input });
      return (data as { createJournal: { journal: { id: string } } }).createJournal.journal.id;
    };
    const people = await startPeople([], []);
    const { data } = await operate('HTTP', url, sweeper, '{ journalStatusCursor }');
    const cursor = (data as { journalStatusCursor: string }).journalStatusCursor;
    const [first, second] = [await createTo(customer), await createTo(otherCustomer)];
    const subscription = `subscription {
      journalStatusChanged(after: "${cursor}") { journal { id noteCount toAccount { ownerName } } }
    }`;
    const firstResult = async (client: string) => {
      const printed = await startTool(
        'subscribe.js',
        [subscription, `journals=${url}`, `people=${people}`],
        /^result +(.*)$/m,
        { AUTHORIZATION: bearer(keys.composer.key), CLIENT_AUTHORIZATION: client },
      );
      return JSON.parse(printed) as unknown;
    };
    const eventOf = (id: string, account: string) => ({
      data: {
        journalStatusChanged: { journal: { id, noteCount: 1, toAccount: { ownerName: `owner of ${account}` } } },
      },
    });

    const [seen, hidden] = await Promise.all([firstResult(sweeper), firstResult(bearer(keys.stranger.key))]);

    expect(seen).toEqual(eventOf(first, customer));
    expect(hidden).toEqual(eventOf(second, otherCustomer));
  });

  it('finds no subgraph at a gateway without FEDERATION', async () => {
    const people = await startPeople([], []);
    const { url } = await serveHere();

    await expect(startRouter(url, people)).rejects.toThrow('_service');
  });
});
