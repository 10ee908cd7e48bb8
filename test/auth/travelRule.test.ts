import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { doors, enter, openStream, operate } from '../kit/operate.ts';
import { transmitter } from '../kit/planted.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';

const fields = `transmitterInfo { originatorFullName } ... on JNLC {
  transmitterName transmitterAccountNumber transmitterAddress transmitterFinancialInstitution transmitterTimestamp }`;

const create = `mutation ($input: CreateJournalInput!) { createJournal(input: $input) {
  ... on CreateJournalSuccess { journal { id ${fields} } } } }`;

function input(data: object) {
  return { input: { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1', ...data } } };
}

async function start() {
  const sandbox = await startSandbox();
  const started = await startWithKeys(sandbox.url, {
    clerk: { scopes: ['journals:read', 'journals:write'], fromAccounts: [sweep] },
    officer: { scopes: ['journals:read', 'journals:travel-rule'] },
  });
  for (const data of [transmitter, {}, transmitter]) await started.ask('clerk', create, input(data));
  return started;
}

interface Result {
  data: { journalStatusChanged: { journalId: string } };
  errors?: unknown[];
}

/** Returns the results of this journal's three events. Results of other journals may arrive in between. */
async function resultsOf(id: string, next: () => Promise<unknown>): Promise<Result[]> {
  const results: Result[] = [];
  while (results.length < 3) {
    const result = (await next()) as Result;
    if (result.data.journalStatusChanged.journalId === id) results.push(result);
  }
  return results;
}

const names = ['transmitterInfo', ...Object.keys(transmitter), 'transmitterTimestamp'].sort();

describe('Travel Rule data without its scope', () => {
  it.each(doors)('is null in every row over %s, with one error for each field', async (door) => {
    const { url, credentials } = await start();

    const { data, errors } = await operate(door, url, credentials.clerk, `{ journals { nodes { ${fields} } } }`);

    const row = Object.fromEntries(names.map((name) => [name, null]));
    expect(data).toEqual({ journals: { nodes: [row, row, row] } });
    expect(errors?.map(({ path }) => path?.at(-1)).sort()).toEqual(names);
    expect(errors?.every(({ extensions }) => extensions?.['code'] === 'FORBIDDEN')).toBe(true);
  });

  it('is denied even if the journal has none', async () => {
    const { ask } = await start();

    const { errors } = await ask('clerk', create, input({}));

    expect(errors).toHaveLength(names.length);
  });

  it.each([
    ['a subscription', ''],
    ['a subscription whose executions are not shared', '... on Subscription '],
  ])(
    'is denied once per field in each result of %s, while a principal with the scope sees it',
    async (_what, fragment) => {
      const { url, credentials, ask } = await start();
      const field = `{ journalStatusChanged { journalId journal { ${fields} } again: journal { ${fields} } } }`;
      const query = `subscription ${fragment === '' ? field : `{ ${fragment}${field} }`}`;
      const sockets = await Promise.all(
        [credentials.clerk, credentials.officer].map(async (credential) => {
          const socket = await enter('WebSocket', url, credential);
          if (!(socket instanceof RawSocket)) throw new Error('refused');
          socket.subscribe('s', query);
          await socket.receivedSoFar();
          return socket;
        }),
      );
      const stream = await openStream(url, credentials.clerk, query);

      const { data } = await ask('clerk', create, input(transmitter));
      const { id } = (data as { createJournal: { journal: { id: string } } }).createJournal.journal;

      const [clerk, officer] = sockets.map((socket) => resultsOf(id, async () => (await socket.next()).payload));
      const streamed = resultsOf(id, async () => JSON.parse((await stream.next())?.data ?? '') as unknown);
      for (const result of [...((await clerk) ?? []), ...(await streamed)]) {
        expect(result.errors).toHaveLength(names.length);
        expect(JSON.stringify(result)).not.toContain('lanted');
      }
      for (const result of (await officer) ?? []) {
        expect(result).not.toHaveProperty('errors');
        expect(JSON.stringify(result)).toContain(transmitter.transmitterName);
      }
    },
  );
});

describe('Travel Rule data with its scope', () => {
  it('is shown, without an error on journals that have none', async () => {
    const { ask } = await start();

    const { data, errors } = await ask('officer', '{ journals { nodes { ... on JNLC { transmitterName } } } }');

    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain(transmitter.transmitterName);
  });
});
