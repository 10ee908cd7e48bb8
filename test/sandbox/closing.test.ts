import { connect } from 'node:net';

import { describe, expect, it } from 'vitest';

import { createSandbox } from '../../src/sandbox/createSandbox.ts';

const credential = { keyId: 'key', secretKey: 'secret' };

describe('close', () => {
  it('frees the port', async () => {
    const first = await createSandbox(credential);
    await first.close();

    const second = await createSandbox({ ...credential, port: first.port });

    expect(second.port).toBe(first.port);
    await second.close();
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

describe('createSandbox', () => {
  it('rejects when its port is taken', async () => {
    const first = await createSandbox(credential);

    await expect(createSandbox({ ...credential, port: first.port })).rejects.toThrow(/EADDRINUSE/);

    await first.close();
  });

  it('rejects a limit that is no decimal', async () => {
    await expect(createSandbox({ ...credential, dailyLimit: 'much' })).rejects.toThrow(/dailyLimit/);
  });
});
