import { mkdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { customer, sweep } from '../kit/accounts.ts';
import { Issuer } from '../kit/Issuer.ts';
import { newKey, writeKeyFile } from '../kit/keyFile.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { bearer, operate } from '../kit/operate.ts';
import { runBinary, serveBinary } from '../kit/startBinary.ts';

const sandboxed = ['serve', '--sandbox', '--port', '0'];

async function keyFileOf(text: string): Promise<string> {
  const file = join(await temporaryFolder(), 'keys.json');
  await writeFile(file, text);
  return file;
}

/** An address at which nobody listens. */
async function deadUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/keys`;
}

/** Starts with this environment; the lines that it says, at any level that complains. */
async function startWrong(environment: Record<string, string>, argv = sandboxed) {
  const { code, stdout, stderr } = await runBinary(argv, { SANDBOX_PORT: '0', ...environment });
  return { code, stdout, lines: stderr.trimEnd().split('\n'), stderr };
}

const jwt = { AUTH: 'jwt', AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'journals' };

describe('serve that is started wrong says so in a line each and ends with 2', () => {
  it.each<[string, Record<string, string>, RegExp[]]>([
    ['an unknown way in', { AUTH: 'ldap' }, [/- AUTH: expected none, api-key or jwt, found "ldap"$/]],
    ['a way in that every object has', { AUTH: 'constructor' }, [/- AUTH: expected none, api-key or jwt/]],
    ['keys without a file', { AUTH: 'api-key' }, [/- AUTH_API_KEYS_FILE: missing, AUTH=api-key needs it$/]],
    [
      'tokens without an issuer',
      { AUTH: 'jwt', AUTH_CLOCK_SKEW_SECONDS: '-1' },
      [
        /AUTH_CLOCK_SKEW_SECONDS: expected a whole number, 0 to 300/,
        /AUTH_JWKS_URL: missing/,
        /AUTH_ISSUER: missing/,
        /AUTH_AUDIENCE: missing/,
      ],
    ],
    [
      'keys of the issuer over an open network',
      { ...jwt, AUTH_JWKS_URL: 'http://issuer.example/keys' },
      [/- AUTH_JWKS_URL: expected an https URL, or an http one of this machine/],
    ],
    [
      'a door that is configured and open',
      { AUTH_API_KEYS_FILE: '/keys.json' },
      [/- AUTH_API_KEYS_FILE: set, though AUTH is none/],
    ],
    [
      'an open door on every address',
      { HOST: '0.0.0.0' },
      [/- HOST: 0\.0\.0\.0 is no loopback address, and AUTH is none/],
    ],
    ['an open door by another name', { HOST: '::' }, [/- HOST: :: is no loopback address/]],
  ])('with %s', async (_how, environment, problems) => {
    const { code, stdout, lines } = await startWrong(environment);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lines).toEqual([
      'journals-gateway: the configuration does not hold:',
      ...problems.map((problem) => expect.stringMatching(problem) as string),
    ]);
  });

  it('with half a credential of the API beside half a way in, in one go', async () => {
    const { code, lines } = await startWrong({ AUTH: 'jwt', APCA_BROKER_KEY_ID: 'key' }, ['serve']);

    expect(code).toBe(2);
    for (const name of [
      'AUTH_JWKS_URL',
      'AUTH_ISSUER',
      'AUTH_AUDIENCE',
      'APCA_BROKER_SECRET_KEY',
      'APCA_BROKER_BASE_URL',
    ])
      expect(lines.filter((line) => line.startsWith(`  - ${name}: missing`))).toHaveLength(1);
  });

  it.each<[string, string, string[]]>([
    ['that is no JSON', `{ "keys": ["jgw_secretsecretsecret" `, ['expected JSON, an object with a list "keys"']],
    ['without keys', '{}', ['keys: expected a list of keys']],
    [
      'of wrong keys',
      JSON.stringify({
        keys: [
          { name: '', hash: 'jgw_secretsecretsecret', scopes: ['journals:fly'] },
          { ...newKey('a').entry, accounts: ['x'], fromAccounts: 'all' },
          { ...newKey('b').entry, account: [customer] },
        ],
      }),
      [
        'keys.0.name: expected a name of 1 to 100 characters',
        'keys.0.hash: expected sha256: and 64 hexadecimal digits',
        'keys.0.scopes.0: expected journals:read, journals:write, journals:travel-rule, schema:introspect',
        'keys.1.accounts.0: expected a UUID',
        'keys.1.fromAccounts: expected a list of account ids, or ["*"]',
        'keys.2: unknown field: account',
      ],
    ],
    [
      'of keys where fields belong',
      JSON.stringify({ keys: [{ ...newKey('a').entry, [newKey('b').key]: 'b' }], [newKey('c').key]: 'c' }),
      ['keys.0: unknown field: a name that is none', 'unknown field: a name that is none'],
    ],
  ])('with a key file %s', async (_how, content, problems) => {
    const file = await keyFileOf(content);

    const { code, stdout, lines } = await startWrong({ AUTH: 'api-key', AUTH_API_KEYS_FILE: file });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lines.map((line) => line.replace('journals-gateway: ', ''))).toEqual(
      problems.map((problem) => `${file}: ${problem}`),
    );
  });

  it('with a key file that is not there', async () => {
    const { code, stderr } = await startWrong({ AUTH: 'api-key', AUTH_API_KEYS_FILE: '/nowhere/keys.json' });

    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: "journals-gateway: /nowhere/keys.json: can't be read: ENOENT\n",
    });
  });

  it.each<[string, (path: string) => Promise<unknown>, string]>([
    ['is a folder', (path) => mkdir(path), "can't be read: EISDIR"],
    ['begins with a mark that is no JSON', (path) => writeFile(path, '\ufeff{}'), 'expected JSON'],
  ])('with a key file that %s', async (_how, make, words) => {
    const file = join(await temporaryFolder(), 'keys');
    await make(file);

    const { code, lines } = await startWrong({ AUTH: 'api-key', AUTH_API_KEYS_FILE: file });

    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringContaining(`${file}: ${words}`)]);
  });

  it.each<[string, string]>([
    ['by its address', '127.0.0.1'],
    ['by a name of several addresses', 'localhost'],
  ])('with keys of an issuer that can not be reached, %s', async (_how, host) => {
    const url = (await deadUrl()).replace('127.0.0.1', host);

    const { code, lines } = await startWrong({ ...jwt, AUTH_JWKS_URL: url });

    expect(code).toBe(2);
    expect(lines).toEqual([
      expect.stringMatching(`^journals-gateway: ${url}: the keys of the token issuer can't be read: .*ECONNREFUSED`),
    ]);
  });

  it('with keys of an issuer that hangs, in bounded time', async () => {
    const issuer = await Issuer.start();
    issuer.hang();

    const { code, lines } = await startWrong({ ...jwt, AUTH_JWKS_URL: issuer.url });

    expect(code).toBe(2);
    expect(lines).toHaveLength(1);
  });

  it.each<[string, (response: ServerResponse) => void, RegExp]>([
    ['a failure', (response) => response.writeHead(404).end('no'), /Expected 200 OK/],
    ['a page', (response) => response.end('<!doctype html>\n<title>moved</title>\n'), /is not valid JSON/],
    ['other JSON', (response) => response.end('[]'), /malformed/],
    ['no key at all', (response) => response.end('{"keys":[]}'), /it tells no key/],
    ['an address elsewhere', (response) => response.writeHead(302, { location: '/' }).end(), /Expected 200 OK/],
  ])('with an issuer that answers with %s', async (_what, answer, words) => {
    const issuer = await Issuer.start();
    issuer.answerWith(answer);

    const { code, lines } = await startWrong({ ...jwt, AUTH_JWKS_URL: issuer.url });

    expect(code).toBe(2);
    expect(lines).toEqual([expect.stringMatching(words)]);
  });

  it.each<[string, string[], Record<string, string>]>([
    ['of the gateway', ['serve', '--sandbox', '--port'], { SANDBOX_PORT: '0' }],
    ['of the sandbox', ['serve', '--sandbox', '--port', '0'], { SANDBOX_PORT: 'PORT' }],
    ['for operators', ['serve', '--sandbox', '--port', '0'], { ADMIN_PORT: 'PORT', SANDBOX_PORT: '0' }],
  ])('with a port %s that is in use', async (_whose, argv, environment) => {
    const issuer = await Issuer.start();
    const port = new URL(issuer.url).port;
    const taken = Object.fromEntries(
      Object.entries(environment).map(([name, value]) => [name, value.replace('PORT', port)]),
    );

    const { code, stdout, lines } = await startWrong(taken, argv.at(-1) === '--port' ? [...argv, port] : argv);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lines).toEqual([expect.stringMatching(`^journals-gateway: port ${port} is in use on 127\\.0\\.0\\.1$`)]);
  });
});

describe('api-key', () => {
  it('makes a key that serve knows at once, and prints it this once', async () => {
    const file = join(await temporaryFolder(), 'keys.json');
    const argv = ['api-key', '--file', file, '--name', 'screen', '--scope', 'journals:read', '--account', customer];

    const { code, stdout } = await runBinary(argv);
    const { url } = await serveBinary(undefined, { AUTH: 'api-key', AUTH_API_KEYS_FILE: file });
    const second = await runBinary(
      ['api-key', '--name', 'payroll', '--scope', 'journals:write', '--from-account', '*'],
      {
        AUTH_API_KEYS_FILE: file,
      },
    );

    expect(code).toBe(0);
    expect(stdout).toMatch(/^jgw_[\w-]{43}\n$/);
    const query = `{ own: account(id: "${customer}") { id } other: account(id: "${sweep}") { id } }`;
    expect((await operate('HTTP', url, bearer(stdout.trim()), query)).data).toEqual({
      own: { id: customer },
      other: null,
    });
    const text = await readFile(file, 'utf8');
    expect(text).not.toContain(stdout.trim());
    expect((JSON.parse(text) as { keys: unknown }).keys).toMatchObject([
      { name: 'screen', scopes: ['journals:read'], accounts: [customer] },
      { name: 'payroll', scopes: ['journals:write'], fromAccounts: ['*'] },
    ]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    // The running gateway reads the file again by itself.
    let status: number | undefined;
    while (status !== 200) ({ status } = await operate('HTTP', url, bearer(second.stdout.trim()), '{ __typename }'));
  });

  it('puts it into the file that a link names, and leaves the link', async () => {
    const folder = await temporaryFolder();
    const [file, link] = [join(folder, 'keys.json'), join(folder, 'link.json')];
    await writeKeyFile(file, []);
    await symlink(file, link);

    await runBinary(['api-key', '--file', link, '--name', 'screen', '--scope', 'journals:read']);

    expect(await readFile(file, 'utf8')).toContain('screen');
    expect(await readFile(link, 'utf8')).toContain('screen');
  });

  it.each<[string, string[], string]>([
    ['a name', ['--scope', 'journals:read'], '--name: missing'],
    ['a scope', ['--name', 'screen'], '--scope: missing'],
    ['a file', ['--name', 'screen', '--scope', 'journals:read'], 'AUTH_API_KEYS_FILE: missing'],
    ['a scope that there is', ['--name', 'a', '--scope', 'all', '--file', 'FILE'], 'scopes.0: expected journals:read'],
    [
      'a UUID',
      ['--name', 'a', '--scope', 'journals:read', '--account', 'x', '--file', 'FILE'],
      'accounts.0: expected a UUID',
    ],
  ])('without %s ends with 2, and makes nothing', async (_what, flags, words) => {
    const file = await keyFileOf('{ "keys": [] }');

    const { code, stdout, stderr } = await runBinary(['api-key', ...flags.map((flag) => flag.replace('FILE', file))]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(words);
    expect(await readFile(file, 'utf8')).toBe('{ "keys": [] }');
  });

  it('leaves alone a file that it can not read, or that another command is writing', async () => {
    const broken = await keyFileOf('{}');
    const busy = await keyFileOf('{ "keys": [] }');
    await writeFile(`${busy}.new`, '');
    const flags = ['--name', 'a', '--scope', 'journals:read'];

    const [first, second] = await Promise.all([
      runBinary(['api-key', ...flags, '--file', broken]),
      runBinary(['api-key', ...flags, '--file', busy]),
    ]);

    expect(first).toMatchObject({
      code: 2,
      stdout: '',
      stderr: `journals-gateway: ${broken}: keys: expected a list of keys\n`,
    });
    expect(second).toMatchObject({ code: 2, stdout: '' });
    expect(second.stderr).toContain('.new');
    expect(await readFile(busy, 'utf8')).toBe('{ "keys": [] }');
  });
});
