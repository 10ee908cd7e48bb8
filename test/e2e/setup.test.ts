import { readFile, stat, symlink, writeFile } from 'node:fs/promises';
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

/** Starts the gateway with a wrong configuration. @returns its exit code and output */
async function startMisconfigured(environment: Record<string, string>, argv = sandboxed) {
  const { code, stdout, stderr } = await runBinary(argv, { SANDBOX_PORT: '0', ...environment });
  return { code, stdout, lines: stderr.trimEnd().split('\n'), stderr };
}

// The messages themselves are tested with the code that creates them. Here, all of them must reach the console.
describe('serve prints a line for each problem and exits with 2', () => {
  it('if the credentials of the API and the authentication are both incomplete', async () => {
    const { code, stdout, lines } = await startMisconfigured({ AUTH: 'jwt', APCA_BROKER_KEY_ID: 'key' }, ['serve']);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect([lines.at(0), lines.at(-1)]).toEqual([
      'journals-gateway: invalid configuration:',
      '  - to try the gateway without credentials, start it with --sandbox',
    ]);
    const names = ['AUTH_JWKS_URL', 'AUTH_ISSUER', 'AUTH_AUDIENCE', 'APCA_BROKER_SECRET_KEY', 'APCA_BROKER_BASE_URL'];
    for (const name of names) expect(lines.filter((line) => line.startsWith(`  - ${name}: missing`))).toHaveLength(1);
    expect(lines).toHaveLength(2 + names.length);
  });

  it('if the key file has invalid keys', async () => {
    const keys = [{ ...newKey('a').entry, scopes: ['journals:fly'], fromAccounts: 'all' }];
    const file = await keyFileOf(JSON.stringify({ keys }));

    const { code, stdout, lines } = await startMisconfigured({ AUTH: 'api-key', AUTH_API_KEYS_FILE: file });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lines).toEqual([
      expect.stringMatching(`^journals-gateway: ${file}: keys.0.scopes.0: expected `),
      `${file}: keys.0.fromAccounts: expected a list of account ids, or ["*"]`,
    ]);
  });

  it('if the token issuer does not respond, in bounded time', async () => {
    const issuer = await Issuer.start();
    issuer.hang();

    const { code, stdout, lines } = await startMisconfigured({
      AUTH: 'jwt',
      AUTH_ISSUER: issuer.name,
      AUTH_AUDIENCE: issuer.audience,
      AUTH_JWKS_URL: issuer.url,
    });

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(lines).toEqual([
      expect.stringMatching(`^journals-gateway: ${issuer.url}: the keys of the token issuer can't be loaded: `),
    ]);
  });
});

describe('api-key', () => {
  it('creates a key that serve accepts at once, and prints it only once', async () => {
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
    // The running gateway reloads the file.
    let status: number | undefined;
    while (status !== 200) ({ status } = await operate('HTTP', url, bearer(second.stdout.trim()), '{ __typename }'));
  });

  it('adds the key to the target of a symbolic link', async () => {
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
    ['an existing scope', ['--name', 'a', '--scope', 'all', '--file', 'FILE'], 'scopes.0: expected journals:read'],
    [
      'a UUID',
      ['--name', 'a', '--scope', 'journals:read', '--account', 'x', '--file', 'FILE'],
      'accounts.0: expected a UUID',
    ],
    ...(
      [
        [
          'an amount',
          '--max-amount',
          'USD',
          '--max-amount: expected a currency and an amount such as USD=1000, found USD',
        ],
        ['a decimal amount', '--max-amount', 'USD=1e3', 'maxAmount.USD: expected an amount in a string'],
        ['a currency', '--max-daily-amount', 'dollars=1', 'maxDailyAmount.dollars: expected amounts by currency'],
      ] as const
    ).map(([missing, flag, value, message]): [string, string[], string] => [
      missing,
      ['--name', 'a', '--scope', 'journals:write', flag, value, '--file', 'FILE'],
      message,
    ]),
  ])('exits with 2 and creates nothing without %s', async (_missing, flags, message) => {
    const file = await keyFileOf('{ "keys": [] }');

    const { code, stdout, stderr } = await runBinary(['api-key', ...flags.map((flag) => flag.replace('FILE', file))]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(await readFile(file, 'utf8')).toBe('{ "keys": [] }');
  });

  it('stores caps', async () => {
    const file = await keyFileOf('{ "keys": [] }');
    const caps = [
      '--max-amount',
      'USD=10.50',
      '--max-amount',
      'EUR=5',
      '--max-daily-amount',
      'USD=100',
      '--symbol',
      'AAPL',
    ];

    await runBinary(['api-key', '--file', file, '--name', 'agent', '--scope', 'journals:write', ...caps]);

    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      keys: [{ maxAmount: { USD: '10.50', EUR: '5' }, maxDailyAmount: { USD: '100' }, symbols: ['AAPL'] }],
    });
  });

  it('does not change a file that it cannot read or that another command is writing', async () => {
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
