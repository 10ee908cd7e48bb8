import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, sweep, unknownAccount } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { createJournals } from '../kit/createJournals.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { bearer, operate } from '../kit/operate.ts';
import { serveHere } from '../kit/serveHere.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { shouldSkipWithoutTools, startTool } from '../kit/tools.ts';
import { startPeopleSubgraph } from './kit/startPeopleSubgraph.ts';

/** Starts Apollo Gateway in front of a journals gateway and a second subgraph. @returns its URL */
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

/**
 * Starts a subgraph that requires API keys. The composer's key reads the schema, the sweeper's moves cash, and the
 * stranger's sees the journals of `otherCustomer` only.
 */
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

describe.skipIf(shouldSkipWithoutTools('the tests with a federation router'))('a federation router', () => {
  it('joins journals and accounts with the fields of a second subgraph, and forwards mutations', async () => {
    const { url } = await serveHere({ FEDERATION: 'true' });
    const [id = ''] = await createJournals(url, 1);
    const people = await startPeopleSubgraph([customer, otherCustomer], [id, unknownAccount]);
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

  it('shows each client only the journals that this client may see', async () => {
    const { url, keys } = await serveWithKeys();
    const composer = { AUTHORIZATION: bearer(keys.composer.key) };
    const input = { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1' } };
    const created = await operate('HTTP', url, bearer(keys.sweeper.key), create, { input });
    const id = (created.data as { createJournal: { journal: { id: string } } }).createJournal.journal.id;
    const router = await startRouter(url, await startPeopleSubgraph([], [id]), composer);
    const query = '{ notes { journal { id entryType } } }';

    const seen = await operate('HTTP', router, bearer(keys.sweeper.key), query);
    const hidden = await operate('HTTP', router, bearer(keys.stranger.key), query);
    const anonymous = await operate('HTTP', router, null, query);

    expect(seen.data).toEqual({ notes: [{ journal: { id, entryType: 'JNLC' } }] });
    expect(hidden.data).toEqual({ notes: [{ journal: null }] });
    expect(anonymous.data).toEqual({ notes: [{ journal: null }] });
    expect(JSON.stringify(anonymous.errors)).toContain('UNAUTHENTICATED');
  });

  it('forwards events, joined with the fields of a second subgraph, only to clients that may see them', async () => {
    const { url, keys } = await serveWithKeys();
    const sweeper = bearer(keys.sweeper.key);
    const createTo = async (toAccount: string) => {
      const input = { jnlc: { fromAccount: sweep, toAccount, amount: '1' } };
      const { data } = await operate('HTTP', url, sweeper, create, { input });
      return (data as { createJournal: { journal: { id: string } } }).createJournal.journal.id;
    };
    const people = await startPeopleSubgraph([], []);
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

  it('fails to start if the gateway runs without FEDERATION', async () => {
    const people = await startPeopleSubgraph([], []);
    const { url } = await serveHere();

    await expect(startRouter(url, people)).rejects.toThrow('_service');
  });
});
