import { mkdir, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { ApiKeyAuthenticator } from '../../src/auth/ApiKeyAuthenticator.ts';
import { JwtAuthenticator } from '../../src/auth/JwtAuthenticator.ts';
import { SetupError } from '../../src/errors/SetupError.ts';
import type { Log } from '../../src/log.ts';
import { customer } from '../kit/accounts.ts';
import { Issuer } from '../kit/Issuer.ts';
import { newKey } from '../kit/keyFile.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { watchedLog } from '../kit/watchedLog.ts';

/** Returns the lines of the error with which an authenticator refuses to open. It must not log them itself. */
async function refusalOf(open: (log: Log) => Promise<unknown>): Promise<string[]> {
  const logged: string[] = [];
  const error = await open(watchedLog((line) => logged.push(line))).catch((thrown: unknown) => thrown);
  expect(logged).toEqual([]);
  if (!(error instanceof SetupError)) throw new Error('expected a SetupError', { cause: error });
  return error.message.split('\n');
}

/** Returns a URL on which nothing listens. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/keys`;
}

describe('a key file is refused with one line for each problem when it', () => {
  const write = (text: string) => (path: string) => writeFile(path, text);

  it.each<[string, (path: string) => Promise<unknown>, string[]]>([
    ['is invalid JSON', write(`{ "keys": ["jgw_secretsecretsecret" `), ['expected a JSON object with a list "keys"']],
    ['has no keys', write('{}'), ['keys: expected a list of keys']],
    ['has no keys after a byte order mark', write('\ufeff{}'), ['keys: expected a list of keys']],
    [
      'has invalid keys',
      write(
        JSON.stringify({
          keys: [
            { name: '', hash: 'jgw_secretsecretsecret', scopes: ['journals:fly'] },
            { ...newKey('a').entry, accounts: ['x'], fromAccounts: 'all' },
            { ...newKey('b').entry, account: [customer] },
            { ...newKey('c').entry, maxAmount: { usd: '1' }, maxDailyAmount: { USD: 10 }, symbols: [''] },
            { ...newKey('d').entry, maxAmount: '1', maxDailyAmount: { USD: '-1', EUR: '1e3' }, symbols: 'AAPL' },
          ],
        }),
      ),
      [
        'keys.0.name: expected a name of 1 to 100 characters, without spaces at its ends',
        'keys.0.hash: expected sha256: and 64 lowercase hexadecimal digits',
        'keys.0.scopes.0: expected journals:read, journals:write, journals:travel-rule, schema:introspect',
        'keys.1.accounts.0: expected a UUID',
        'keys.1.fromAccounts: expected a list of account ids, or ["*"]',
        'keys.2: unknown field: account',
        'keys.3.maxAmount.usd: expected amounts by currency, such as {"USD": "1000.00"}',
        'keys.3.maxDailyAmount.USD: expected an amount in a string such as "1000.00"',
        'keys.3.symbols.0: expected a symbol',
        'keys.4.maxAmount: expected amounts by currency, such as {"USD": "1000.00"}',
        'keys.4.maxDailyAmount.USD: expected an amount in a string such as "1000.00"',
        'keys.4.maxDailyAmount.EUR: expected an amount in a string such as "1000.00"',
        'keys.4.symbols: expected a list of symbols',
      ],
    ],
    [
      'has API keys as field names',
      write(JSON.stringify({ keys: [{ ...newKey('a').entry, [newKey('b').key]: 'b' }], [newKey('c').key]: 'c' })),
      ['keys.0: unknown field: (not a field name)', 'unknown field: (not a field name)'],
    ],
    ['does not exist', async () => undefined, ["can't be read: ENOENT"]],
    ['is a directory', (path) => mkdir(path), ["can't be read: EISDIR"]],
  ])('%s', async (_how, make, problems) => {
    const file = join(await temporaryFolder(), 'keys.json');
    await make(file);

    const lines = await refusalOf((log) => ApiKeyAuthenticator.open(file, log));

    expect(lines).toEqual(problems.map((problem) => `${file}: ${problem}`));
  });
});

describe('a token issuer is refused with one line when it', () => {
  const options = { issuer: 'https://issuer.example', audience: 'journals', clockSkewS: 30 };

  it.each<[string, string]>([
    ['its IP address', '127.0.0.1'],
    ['a host name with several addresses', 'localhost'],
  ])('cannot be reached at %s', async (_how, host) => {
    const jwksUrl = (await deadUrl()).replace('127.0.0.1', host);

    const lines = await refusalOf((log) => JwtAuthenticator.open({ ...options, jwksUrl }, log));

    expect(lines).toEqual([
      expect.stringMatching(`^${jwksUrl}: the keys of the token issuer can't be loaded: .*ECONNREFUSED`),
    ]);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['an error status', (response) => response.writeHead(404).end('no'), /Expected 200 OK/],
    ['an HTML page', (response) => response.end('<!doctype html>\n<title>moved</title>\n'), /is not valid JSON/],
    ['JSON that is not a key set', (response) => response.end('[]'), /malformed/],
    ['an empty key set', (response) => response.end('{"keys":[]}'), /the key set is empty/],
    ['a redirect', (response) => response.writeHead(302, { location: '/' }).end(), /Expected 200 OK/],
  ])('responds with %s', async (_what, answer, message) => {
    const issuer = await Issuer.start();
    issuer.answerWith(answer);

    const lines = await refusalOf((log) => JwtAuthenticator.open({ ...options, jwksUrl: issuer.url }, log));

    expect(lines).toEqual([expect.stringMatching(message)]);
  });
});
