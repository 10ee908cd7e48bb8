import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import { writeKeyFile } from '../kit/keyFile.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { closeLater } from '../kit/closeLater.ts';
import { RawSocket } from '../kit/RawSocket.ts';
import { Binary, runBinary, serveBinary } from '../kit/startBinary.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeLater(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Creates a key file without keys. With authentication, any `--host` is allowed. */
async function emptyKeyFile(): Promise<string> {
  const file = join(await temporaryFolder(), 'keys.json');
  await writeKeyFile(file, []);
  return file;
}

const remote = {
  APCA_BROKER_BASE_URL: 'https://broker-api.example',
  APCA_BROKER_KEY_ID: 'key',
  APCA_BROKER_SECRET_KEY: 'the-secret-itself',
};

describe('help', () => {
  it.each([['--help'], ['-h'], ['help']])('is printed by %s with all commands', async (flag) => {
    const { code, stdout, stderr } = await runBinary([flag]);

    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const command of ['serve', 'sandbox', 'schema', 'api-key', 'reconcile'])
      expect(stdout).toContain(`journals-gateway ${command}`);
  });

  it.each([
    [
      'serve',
      [
        '--sandbox',
        '--port',
        '--host',
        'PORT',
        'HOST',
        'APCA_BROKER_BASE_URL',
        'APCA_BROKER_KEY_ID',
        'APCA_BROKER_SECRET_KEY',
        'APCA_BROKER_EVENTS_VERSION',
        'SANDBOX_PORT',
        'SANDBOX_KEY_ID',
        'SANDBOX_SECRET_KEY',
        'MAX_REQUEST_BYTES',
        'MAX_SOCKETS',
        'MAX_OPERATIONS_PER_SOCKET',
        'SOCKET_INIT_SECONDS',
        'PING_SECONDS',
        'STALL_SECONDS',
        'LOG_LEVEL',
      ],
    ],
    ['sandbox', ['--port', '--data', '--event-retention N', 'SANDBOX_PORT', 'SANDBOX_KEY_ID', 'SANDBOX_SECRET_KEY']],
    ['schema', ['journals-gateway schema']],
  ])('is printed by %s --help with its options and variables', async (command, words) => {
    const { code, stdout, stderr } = await runBinary([command, '--help']);

    expect(code).toBe(0);
    expect(stderr).toBe('');
    for (const word of words) expect(stdout).toContain(word);
  });
});

describe('the command line', () => {
  it.each([
    ['no command', [], 'no command given'],
    ['an unknown command', ['server'], 'unknown command "server"'],
    ['the name of an object property', ['constructor'], 'unknown command "constructor"'],
    ['an unknown flag', ['serve', '--prot', '1'], "'--prot'"],
    ['a flag without its value', ['serve', '--sandbox', '--port'], '--port'],
    ['an extra argument', ['serve', 'sandbox'], "'sandbox'"],
    ['an extra argument of schema', ['schema', 'x'], "'x'"],
  ])('is refused with exit code 2 and a message on stderr for %s', async (_problem, argv, message) => {
    const { code, stdout, stderr } = await runBinary(argv);

    expect(code).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^journals-gateway: /);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe('serve', () => {
  it('names missing variables and does not start, since the sandbox is not a fallback', async () => {
    const { code, stdout, stderr } = await runBinary(['serve']);

    expect(code).toBe(2);
    expect(stdout).toBe('');
    for (const name of ['APCA_BROKER_BASE_URL', 'APCA_BROKER_KEY_ID', 'APCA_BROKER_SECRET_KEY', '--sandbox']) {
      expect(stderr).toContain(name);
    }
  });

  it.each(['APCA_BROKER_KEY_ID', 'APCA_BROKER_SECRET_KEY'])(
    'names %s if only this half of a credential is missing',
    async (half) => {
      const given = Object.fromEntries(Object.entries(remote).filter(([name]) => name !== half));

      const { code, stderr } = await runBinary(['serve', '--port', '0'], given);

      expect(code).toBe(2);
      expect(stderr).toContain(half);
    },
  );

  it('reports all problems of its configuration together, without secrets', async () => {
    const { code, stderr } = await runBinary(['serve'], {
      ...remote,
      PORT: '70000',
      APCA_BROKER_BASE_URL: 'ftp://nowhere',
      APCA_BROKER_EVENTS_VERSION: 'v3',
      MAX_SOCKETS: '0',
      STALL_SECONDS: 'soon',
      LOG_LEVEL: 'loud',
    });

    expect(code).toBe(2);
    const names = ['PORT', 'APCA_BROKER_BASE_URL', 'APCA_BROKER_EVENTS_VERSION', 'MAX_SOCKETS', 'STALL_SECONDS'];
    for (const name of [...names, 'LOG_LEVEL']) expect(stderr).toContain(name);
    expect(stderr).not.toContain('the-secret-itself');
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  it('gives flags precedence over environment variables', async () => {
    const { url } = await serveBinary(['--sandbox', '--port', '0', '--host', '127.0.0.1'], {
      PORT: String(await takenPort()),
      HOST: '192.0.2.1',
    });

    expect((await fetch(`${url}?query={__typename}`, { headers: { 'graphql-require-preflight': 'yes' } })).status).toBe(
      200,
    );
  });

  it('logs unexpected errors of the sandbox that it has started', async () => {
    const { binary } = await serveBinary();
    const sandboxUrl = await binary.printed(/^sandbox +(\S+)$/m);
    const authorization = `Basic ${Buffer.from('sandbox:sandbox').toString('base64')}`;
    // Node refuses to send this header, so the sandbox fails.
    const faults = [{ kind: 'answer', operations: ['listAccounts'], headers: { trailer: 'x' } }];
    await fetch(`${sandboxUrl}/sandbox/faults`, { method: 'PUT', body: JSON.stringify({ faults }) });

    const { status } = await fetch(`${sandboxUrl}/v1/accounts`, { headers: { authorization } });

    binary.kill('SIGTERM');
    const { stderr } = await binary.exit;
    expect(status).toBe(500);
    expect(stderr).toMatch(/"level":50,.*Trailers are invalid.*"msg":"the sandbox failed"/);
  });

  it('applies the configured limits on sockets and messages', async () => {
    const { url } = await serveBinary(undefined, {
      MAX_SOCKETS: '1',
      MAX_OPERATIONS_PER_SOCKET: '1',
      MAX_REQUEST_BYTES: '1024',
      SOCKET_INIT_SECONDS: '1',
    });
    const uninitialised = await RawSocket.open(url);
    expect((await uninitialised.closed).code).toBe(4408);
    const socket = await RawSocket.ready(url);

    await expect(RawSocket.open(url)).rejects.toThrow('503');
    socket.subscribe('1', 'subscription { journalStatusChanged { id } }');
    socket.subscribe('2', '{ __typename }');
    expect(JSON.stringify(await socket.next())).toContain('TOO_MANY_OPERATIONS');
    socket.subscribe('3', `{ __typename } # ${'x'.repeat(1_024)}`);
    expect((await socket.closed).code).toBe(1009);
  });

  it('starts no sandbox for a remote API, and shows GraphiQL to principals that may read the schema', async () => {
    const upstream = await StubUpstream.start(json(200, []));
    const { binary, url } = await serveBinary(['--port', '0'], { ...remote, APCA_BROKER_BASE_URL: upstream.url });

    const page = await fetch(url, { headers: { accept: 'text/html' } });
    const html = await page.text();
    binary.kill('SIGTERM');

    // AUTH=none grants all scopes. Principals that may not read the schema are tested in test/auth.
    expect(page.status).toBe(200);
    expect(html).toContain('GraphiQL');
    expect((await binary.exit).stdout).not.toContain('sandbox');
  });
});

describe('an address that is not available', () => {
  it('makes serve exit with 2 and one line', async () => {
    const port = await takenPort();

    const { code, stdout, stderr } = await runBinary(['serve', '--sandbox', '--port', String(port)], {
      SANDBOX_PORT: '0',
    });

    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `journals-gateway: port ${port} is in use on 127.0.0.1\n`,
    });
  });

  it('makes serve exit with 2 if it is the address of the sandbox', async () => {
    const port = await takenPort();

    const { code, stderr } = await runBinary(['serve', '--sandbox', '--port', '0'], { SANDBOX_PORT: String(port) });

    expect({ code, stderr }).toEqual({ code: 2, stderr: `journals-gateway: port ${port} is in use on 127.0.0.1\n` });
  });

  it('makes serve exit with 2 if it is the address of the admin port', async () => {
    const port = await takenPort();

    const { code, stdout, stderr } = await runBinary(['serve', '--sandbox', '--port', '0'], {
      ADMIN_PORT: String(port),
      SANDBOX_PORT: '0',
    });

    expect({ code, stdout, stderr }).toEqual({
      code: 2,
      stdout: '',
      stderr: `journals-gateway: port ${port} is in use on 127.0.0.1\n`,
    });
  });

  it('makes the sandbox command exit with 2', async () => {
    const port = await takenPort();

    const { code, stderr } = await runBinary(['sandbox', '--port', String(port)]);

    expect({ code, stderr }).toEqual({ code: 2, stderr: `journals-gateway: port ${port} is in use on 127.0.0.1\n` });
  });

  it('makes serve exit with 2 and one line if no network interface has it', async () => {
    const { code, stderr } = await runBinary(['serve', '--sandbox', '--port', '0', '--host', '192.0.2.1'], {
      SANDBOX_PORT: '0',
      AUTH: 'api-key',
      AUTH_API_KEYS_FILE: await emptyKeyFile(),
    });

    expect(code).toBe(2);
    expect(stderr).toMatch(/^journals-gateway: can't listen: .*192\.0\.2\.1.*\n$/);
  });
});

describe('schema', () => {
  it('prints schema.graphql byte for byte', async () => {
    const { code, stdout, stderr } = await runBinary(['schema']);

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(await readFile(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  });
});

describe('sandbox', () => {
  it('serves the Journals API with a data file until SIGINT', async () => {
    const folder = await temporaryFolder();
    const binary = new Binary(['sandbox', '--port', '0', '--data', join(folder, 'ledger.db')]);
    const url = await binary.printed(/^sandbox listening on (\S+)$/m);
    const authorization = `Basic ${Buffer.from('sandbox:sandbox').toString('base64')}`;

    const answer = await fetch(`${url}/v1/journals`, { headers: { authorization } });
    binary.kill('SIGINT');

    expect(answer.status).toBe(200);
    expect(await binary.exit).toMatchObject({ code: 0, signal: null, stderr: '' });
  });

  it('prints one line if its file cannot be opened', async () => {
    const { code, stderr } = await runBinary(['sandbox', '--port', '0', '--data', '/nowhere/ledger.db']);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^journals-gateway: can't keep the ledger in \/nowhere\/ledger\.db: .*\n$/);
  });
});
