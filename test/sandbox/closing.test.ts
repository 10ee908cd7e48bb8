import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { createSandbox } from '../../src/sandbox/createSandbox.ts';
import { GroupCommit } from '../../src/sandbox/store/GroupCommit.ts';
import { Store } from '../../src/sandbox/store/Store.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { cash } from './kit/journals.ts';
import { SandboxClient, startCommand } from './kit/startSandbox.ts';

const credential = { keyId: 'key', secretKey: 'secret' };

describe('close', () => {
  it('frees the port', async () => {
    const first = await createSandbox(credential);
    await first.close();

    const second = await createSandbox({ ...credential, port: first.port });

    expect(second.port).toBe(first.port);
    await second.close();
  });

  it('leaves only the data file', async () => {
    const directory = await temporaryFolder();
    const sandbox = await createSandbox({ ...credential, dataFile: join(directory, 'ledger.db') });
    const client = new SandboxClient(sandbox.url);
    await client.post('/v1/journals', cash());
    await client.close();

    await sandbox.close();

    expect(readdirSync(directory)).toEqual(['ledger.db']);
  });

  it('does not wait for a client that sends half a request', async () => {
    const sandbox = await createSandbox(credential);
    const socket = connect(sandbox.port, '127.0.0.1');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) =>
      socket.write('POST /v1/journals HTTP/1.1\r\nContent-Length: 10\r\n\r\n{', () => resolve()),
    );

    await sandbox.close();

    await closed;
  });
});

describe('close with a data file that has been removed', () => {
  function ledgerFile(): { dataFile: string; remove: () => void } {
    const directory = mkdtempSync(join(tmpdir(), 'sandbox-removed-'));
    const remove = () => rmSync(directory, { recursive: true, force: true });
    onTestFinished(remove);
    return { dataFile: join(directory, 'ledger.db'), remove };
  }

  it('rejects for the ledger and closes everything else', async () => {
    const { dataFile, remove } = ledgerFile();
    const sandbox = await createSandbox({ ...credential, dataFile });
    const client = new SandboxClient(sandbox.url);
    const stream = await client.events();
    await client.post('/v1/journals', cash());
    remove();

    await expect(sandbox.close()).rejects.toMatchObject({
      errors: [{ message: expect.stringMatching(/^the data file could not be closed: /) as string }],
    });

    expect(await stream.ended).toBe('cut');
    await expect(fetch(sandbox.url)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await client.close();
  });

  it('ends the command with exit code 1', async () => {
    const { dataFile, remove } = ledgerFile();
    const { command } = await startCommand(['--data', dataFile]);
    remove();

    expect(await command.end('SIGTERM')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^journals-gateway: the data file could not be closed: /) as string,
    });
  });
});

describe('a ledger that is closed', () => {
  it('commits waiting changes and refuses later ones', async () => {
    const store = new Store(undefined);
    const commit = new GroupCommit(store, () => undefined);
    const waiting = commit.run(() => 'done');

    commit.close();
    store.close();

    await expect(waiting).resolves.toBe('done');
    await expect(commit.run(() => 'late')).rejects.toThrow('the ledger is closed');
  });
});

describe('a restarted ledger', () => {
  it('continues with higher event ids on a manual clock', async () => {
    const directory = await temporaryFolder();
    const draws = [0.9, 0.1];
    const ids: string[] = [];
    for (const draw of draws) {
      const dataFile = join(directory, 'ledger.db');
      const options = { ...credential, dataFile, clockMode: 'manual' as const, clock: () => 1_800_000_000_000 };
      const sandbox = await createSandbox({ ...options, random: () => draw });
      const client = new SandboxClient(sandbox.url);
      const stream = await client.events();
      await client.post('/v1/journals', cash());
      ids.push(...(await stream.first(1)).map(({ event_id }) => String(event_id)));
      await client.close();
      await sandbox.close();
    }

    expect(ids).toHaveLength(2);
    expect(ids).toEqual(ids.toSorted());
  });
});

describe('createSandbox', () => {
  it('has an IPv6 address in brackets in its URL', async () => {
    const sandbox = await createSandbox({ ...credential, host: '::1' });
    const client = new SandboxClient(sandbox.url);

    const { status } = await client.get('/v1/accounts');

    expect([sandbox.url, status]).toEqual([`http://[::1]:${sandbox.port}`, 200]);
    await client.close();
    await sandbox.close();
  });

  it.each([0, -1, NaN, 2 ** 31])('rejects a heartbeat of %d ms', async (heartbeatMs) => {
    await expect(createSandbox({ ...credential, heartbeatMs })).rejects.toThrow(
      /^heartbeatMs: expected 1 to 2147483647/,
    );
  });

  it('rejects if its port is in use', async () => {
    const first = await createSandbox(credential);

    await expect(createSandbox({ ...credential, port: first.port })).rejects.toThrow(/EADDRINUSE/);

    await first.close();
  });

  it('rejects a limit that is not a decimal', async () => {
    await expect(createSandbox({ ...credential, dailyLimit: 'much' })).rejects.toThrow(/dailyLimit/);
  });
});
