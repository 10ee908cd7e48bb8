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

/** Answers of the API: a journal, unreadable journals, refusals, failures and lost responses. */
const answers: [string, Answer][] = [
  ['a journal', json(200, wire)],
  ['a journal without a status', json(200, { ...wire, status: undefined })],
  ['an amount that is an object', json(200, { ...wire, net_amount: transmitter })],
  ['a name that is an object', json(200, { ...wire, transmitter_name: { is: transmitter.transmitterName } })],
  [
    'dates that are not dates',
    json(200, {
      ...wire,
      created_at: transmitter.transmitterName,
      transmitter_timestamp: transmitter.transmitterAddress,
    }),
  ],
  ['a refusal that contains the journal', json(400, wire)],
  [
    'a refusal whose message contains a name',
    json(403, { message: `not for ${transmitter.transmitterName}`, code: 40310000 }),
  ],
  ['a failure that contains the journal', json(503, wire)],
  ['a refusal of its credentials', json(401, { message: 'unauthorized' })],
  ['invalid JSON', text(200, JSON.stringify(wire).slice(0, -3))],
  ['a connection reset', (_seen, response) => void response.destroy()],
];

describe('at level trace, no log line contains a credential or Travel Rule data', () => {
  it.each(answers)('when the API responds with %s', async (_what, answer) => {
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

describe('at level trace, no log line contains an account, an amount, a variable or a literal', () => {
  const journal = { ...wire, net_amount: '17.31' };
  const unreadable: [string, Answer][] = [
    ['an amount that is not a decimal', json(200, { ...journal, net_amount: '17.31 dollars' })],
    ['an amount with too many digits', text(200, JSON.stringify(journal).replace('"17.31"', '17.310000000000001'))],
    ['accounts that are not strings', json(200, { ...journal, from_account: { id: sweep }, to_account: [customer] })],
    ['a refusal that names them', json(403, { message: `insufficient balance: ${sweep} holds 17.31`, code: 40310000 })],
    ['a failure that names them', json(500, { message: `${customer} 17.31` })],
  ];

  it.each(unreadable)('when the API responds with %s', async (_what, answer) => {
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
    const leaked = lines.filter((line) =>
      [sweep, customer, '17.31', 'rent'].some((value) => JSON.stringify(line).includes(value)),
    );
    expect(leaked).toEqual([]);
  });
});

describe("the test kit's log check", () => {
  it.each([
    ["the API's secret", apiSecret],
    [
      "an Authorization header with the API's secret",
      `Basic ${Buffer.from(`sandbox:${apiSecret}`).toString('base64')}`,
    ],
    ['an API key of the gateway', newKey('found').key],
    ['an access token', 'Bearer 2YotnFZFEjr1zCsicMWpAA'],
    ['a JSON Web Token', 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.'],
    ...Object.entries(transmitter),
  ])('finds %s', (_what, value) => {
    expect(plantedIn(JSON.stringify({ level: 10, err: { message: `about ${value}.` } }))).not.toEqual([]);

    watchedLog().trace({ nested: { deeply: [value] } }, 'planted');
    expect(takeLeaks()).toHaveLength(1);
  });

  it('finds nothing in a line without secrets', () => {
    expect(plantedIn('key file was read again by the sandbox at http://127.0.0.1, as Bearer or Basic')).toEqual([]);
  });
});
