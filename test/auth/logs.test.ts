import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { Issuer } from '../kit/Issuer.ts';
import { newKey } from '../kit/keyFile.ts';
import { bearer, doors, operate } from '../kit/operate.ts';
import { apiSecret, plantedIn, transmitter } from '../kit/planted.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { startWatched } from '../kit/startWatched.ts';
import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream, text } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { takeLeaks, watchedLines, watchedLog } from '../kit/watchedLog.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const create = `mutation ($input: CreateJournalInput!) { createJournal(input: $input) {
  __typename ... on CreateJournalSuccess { journal { ... on JNLC { transmitterName } } } } }`;

function input(changes: object = {}) {
  return { input: { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1', ...transmitter, ...changes } } };
}

const wire = wireJNLC({
  transmitter_name: transmitter.transmitterName,
  transmitter_account_number: transmitter.transmitterAccountNumber,
  transmitter_address: transmitter.transmitterAddress,
  transmitter_financial_institution: transmitter.transmitterFinancialInstitution,
});

/** What makes a gateway write about a request: answers that fail, can't be read, or never come. */
const failures: [string, Answer][] = [
  ['a journal', json(200, wire)],
  ['a journal that can not be read', json(200, { ...wire, status: undefined })],
  ['an amount that is something else', json(200, { ...wire, net_amount: transmitter })],
  ['a name that is something else', json(200, { ...wire, transmitter_name: { is: transmitter.transmitterName } })],
  [
    'dates that are something else',
    json(200, {
      ...wire,
      created_at: transmitter.transmitterName,
      transmitter_timestamp: transmitter.transmitterAddress,
    }),
  ],
  ['a refusal that repeats it', json(400, wire)],
  ['a refusal in words', json(403, { message: `not for ${transmitter.transmitterName}`, code: 40310000 })],
  ['a failure that repeats it', json(503, wire)],
  ['credentials that are refused', json(401, { message: 'unauthorized' })],
  ['no JSON', text(200, JSON.stringify(wire).slice(0, -3))],
  ['a reset', (_seen, response) => void response.destroy()],
];

describe('no line of any log, at trace, holds a credential or Travel Rule data', () => {
  it.each(failures)('when the API answers with %s', async (_what, answer) => {
    const lines = watchedLines();
    const stub = await StubUpstream.start(answer);
    const { url, credentials } = await startWithKeys(stub.url, {
      planted: { scopes: ['journals:read', 'journals:write', 'journals:travel-rule'], fromAccounts: ['*'] },
    });

    await Promise.all(
      doors.map(async (door) => {
        await operate(door, url, credentials.planted, create, input());
        await operate(
          door,
          url,
          credentials.planted,
          create,
          input({ transmitterTimestamp: transmitter.transmitterName }),
        );
        await operate(
          door,
          url,
          credentials.planted,
          `{ journal(id: "${wire.id}") { ... on JNLC { transmitterName } } }`,
        );
        await operate(door, url, credentials.planted, '{ journals { nodes { ... on JNLC { transmitterAddress } } } }');
      }),
    );

    expect(watchedLines()).toBeGreaterThan(lines);
    expect(takeLeaks()).toEqual([]);
  });

  it('when credentials are refused', async () => {
    const issuer = await Issuer.start();
    const sandbox = await startSandbox();
    const { url } = await startGateway(sandbox.url, {}, { auth: issuer.auth });
    const lines = watchedLines();
    const credentials = [
      bearer(await issuer.token({ aud: 'payroll', name: transmitter.transmitterName })),
      bearer(await issuer.token({ exp: 1 })),
      bearer(`${await issuer.token()}x`),
      bearer(newKey('stranger').key),
      `Basic ${Buffer.from(`sandbox:${apiSecret}`).toString('base64')}`,
    ];

    await Promise.all(
      doors.flatMap((door) => credentials.map((credential) => operate(door, url, credential, '{ __typename }'))),
    );

    expect(watchedLines()).toBeGreaterThan(lines);
    expect(takeLeaks()).toEqual([]);
  });
});

describe('no line of any log, at trace, holds an account, an amount, a variable or a literal of a document', () => {
  const told = { ...wire, net_amount: '17.31' };
  const unreadable: [string, Answer][] = [
    ['an amount that is no decimal', json(200, { ...told, net_amount: '17.31 dollars' })],
    ['an amount with too many digits', text(200, JSON.stringify(told).replace('"17.31"', '17.310000000000001'))],
    ['accounts that are something else', json(200, { ...told, from_account: { id: sweep }, to_account: [customer] })],
    ['a refusal that names them', json(403, { message: `insufficient balance: ${sweep} holds 17.31`, code: 40310000 })],
    ['a failure that names them', json(500, { message: `${customer} 17.31` })],
  ];

  it.each(unreadable)('when the API answers with %s', async (_what, answer) => {
    const stub = await StubUpstream.start(answer);
    const { url, lines } = await startWatched(stub.url);
    const literal = `mutation { createJournal(input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}",
      amount: "17.31", description: "rent" } }) { __typename } }`;

    await Promise.all([
      operate('HTTP', url, null, literal),
      operate('HTTP', url, null, create, input({ amount: '17.31', description: 'rent' })),
      operate('HTTP', url, null, create, { input: { jnlc: { amount: '17.31 dollars', fromAccount: sweep } } }),
      operate('HTTP', url, null, `{ journal(id: "${wire.id}") { ... on JNLC { netAmount } } }`),
      operate('HTTP', url, null, `{ journals(filter: { fromAccount: "${sweep}" }) { nodes { id } } }`),
    ]);

    expect(lines.length).toBeGreaterThan(4);
    const said = lines.filter((line) =>
      [sweep, customer, '17.31', 'rent'].some((value) => JSON.stringify(line).includes(value)),
    );
    expect(said).toEqual([]);
  });
});

describe('the watch over the logs', () => {
  it.each([
    ['the secret of the API', apiSecret],
    ['a header of it', `Basic ${Buffer.from(`sandbox:${apiSecret}`).toString('base64')}`],
    ['a key of the gateway', newKey('found').key],
    ['an access token', 'Bearer 2YotnFZFEjr1zCsicMWpAA'],
    ['a JSON Web Token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.'],
    ...Object.entries(transmitter),
  ])('finds %s', (_what, value) => {
    expect(plantedIn(JSON.stringify({ level: 10, err: { message: `about ${value}.` } }))).not.toEqual([]);

    watchedLog().trace({ nested: { deeply: [value] } }, 'planted');
    expect(takeLeaks()).toHaveLength(1);
  });

  it('finds nothing in what may be said', () => {
    expect(plantedIn('key file was read again by the sandbox at http://127.0.0.1, as Bearer or Basic')).toEqual([]);
  });
});
