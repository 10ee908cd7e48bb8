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

function parsed(data = ''): unknown {
  return JSON.parse(data);
}

const names = ['transmitterInfo', ...Object.keys(transmitter), 'transmitterTimestamp'].sort();

describe('Travel Rule data without its scope', () => {
  it.each(doors)('is null on every row, with one error for each field, over %s', async (door) => {
    const { url, credentials } = await start();

    const { data, errors } = await operate(door, url, credentials.clerk, `{ journals { nodes { ${fields} } } }`);

    const row = Object.fromEntries(names.map((name) => [name, null]));
    expect(data).toEqual({ journals: { nodes: [row, row, row] } });
    expect(errors?.map(({ path }) => path?.at(-1)).sort()).toEqual(names);
    expect(errors?.every(({ extensions }) => extensions?.['code'] === 'FORBIDDEN')).toBe(true);
  });

  it('is refused where there is none as where there is some', async () => {
    const { ask } = await start();

    const { errors } = await ask('clerk', create, input({}));

    expect(errors).toHaveLength(names.length);
  });

  it('is refused in each result of a subscription, once for each field, beside who is shown it', async () => {
    const { url, credentials, ask } = await start();
    const query = `subscription { journalStatusChanged { journal { ${fields} } again: journal { ${fields} } } }`;
    const sockets = await Promise.all(
      [credentials.clerk, credentials.officer].map(async (credential) => {
        const socket = await enter('WebSocket', url, credential);
        if (!(socket instanceof RawSocket)) throw new Error('not let in');
        socket.subscribe('s', query);
        await socket.saidSoFar();
        return socket;
      }),
    );
    const stream = await openStream(url, credentials.clerk, query);

    await ask('clerk', create, input(transmitter));

    const [clerks, officers] = await Promise.all(sockets.map((socket) => socket.take(3)));
    const streamed = [await stream.next(), await stream.next(), await stream.next()];
    const results = [...(clerks ?? []).map(({ payload }) => payload), ...streamed.map((event) => parsed(event?.data))];
    for (const result of results) {
      expect((result as { errors: unknown[] }).errors).toHaveLength(names.length);
      expect(JSON.stringify(result)).not.toContain('lanted');
    }
    for (const { payload } of officers ?? []) {
      expect(payload).not.toHaveProperty('errors');
      expect(JSON.stringify(payload)).toContain(transmitter.transmitterName);
    }
  });

  it('is shown with it, and nobody is refused where there is none', async () => {
    const { ask } = await start();

    const { data, errors } = await ask('officer', '{ journals { nodes { ... on JNLC { transmitterName } } } }');

    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain(transmitter.transmitterName);
  });
});
