import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { GatewayConfig } from '../../src/config/readConfig.ts';
import { createGateway } from '../../src/gateway.ts';
import type { Gateway } from '../../src/gateway.ts';
import { freePort } from '../kit/freePort.ts';
import { Gate } from '../kit/Gate.ts';
import { closeLater } from '../kit/closeLater.ts';
import { apiSecret } from '../kit/planted.ts';
import { serveBinary } from '../kit/startBinary.ts';
import { quietStream, StubUpstream, text } from '../kit/StubUpstream.ts';
import { minimalConfig } from '../kit/minimalConfig.ts';
import { watchedLog } from '../kit/watchedLog.ts';

/**
 * Returns the path of an outcomes file. After `remove`, the store fails to close, since SQLite can't write to the file.
 */
function outcomesFile(): { file: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'closing-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  closeLater(remove);
  return { file: join(folder, 'outcomes.db'), remove };
}

const storeFailure = /^the outcome store could not be closed: /;

/** Starts a gateway that the kit does not close, because these tests expect closing to fail. */
function start(settings: Partial<GatewayConfig>, keep?: (line: string) => void): Promise<Gateway> {
  return createGateway({
    config: {
      ...minimalConfig,
      upstream: { kind: 'sandbox', sandbox: { port: 0, keyId: 'sandbox', secretKey: apiSecret } },
      ...settings,
    },
    log: watchedLog(keep),
    defaultQuery: '',
  });
}

async function takenPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeLater(() => new Promise((resolve) => server.close(resolve)));
  return (server.address() as AddressInfo).port;
}

function refusesConnections(url: string | null): Promise<void> {
  return expect(fetch(String(url))).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
}

describe('close', () => {
  it('closes every part even if one fails to close, and throws the failure', async () => {
    const { file, remove } = outcomesFile();
    const gateway = await start({ outcomes: { file, settleMs: 60_000 }, admin: { host: '127.0.0.1', port: 0 } });
    remove();

    const failure: unknown = await gateway.close().catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(AggregateError);
    expect((failure as AggregateError).errors).toEqual([
      expect.objectContaining({ message: expect.stringMatching(storeFailure) as string }),
    ]);
    for (const url of [gateway.healthUrl, gateway.adminUrl, gateway.sandboxUrl]) await refusesConnections(url);
  });

  it('waits for the running shutdown when it is called again', async () => {
    const gateway = await start({});
    void gateway.close();

    await gateway.close();

    for (const url of [gateway.healthUrl, gateway.sandboxUrl]) await refusesConnections(url);
  });
});

describe('a failed startup', () => {
  it('closes everything it has opened, even if one part fails to close, and throws the reason of the failure', async () => {
    const { file, remove } = outcomesFile();
    const [port, adminPort, begun, streamClosed] = [await takenPort(), await freePort(), new Gate(), new Gate()];
    const upstream = await StubUpstream.start(text(200, '[]'), async (request, response) => {
      response.once('close', () => streamClosed.open());
      // By now, the store is open, and the startup waits for the event stream.
      await begun.pass();
      quietStream(request, response);
    });
    const lines: string[] = [];
    const credentials = { kind: 'basic', keyId: 'sandbox', secretKey: apiSecret } as const;
    const remote = { baseUrl: upstream.url, credentials, eventsVersion: 'v2', currency: 'USD' } as const;

    const started = start(
      {
        port,
        admin: { host: '127.0.0.1', port: adminPort },
        outcomes: { file, settleMs: 60_000 },
        upstream: { kind: 'remote', remote },
        // The delay doesn't apply to a gateway that has never served.
        shutdown: { delayMs: 3_600_000, graceMs: 10_000, spreadMs: 0 },
      },
      (line) => lines.push(line),
    );
    await begun.reached;
    remove();
    begun.open();

    await expect(started).rejects.toMatchObject({ code: 'EADDRINUSE' });
    expect(lines.filter((line) => line.includes('the outcome store could not be closed'))).toHaveLength(1);
    await refusesConnections(`http://127.0.0.1:${adminPort}/health`);
    await streamClosed.opened;
  });
});

describe('the process', () => {
  it('exits with 1 and logs a line if a part could not be closed', async () => {
    const { file, remove } = outcomesFile();
    const { binary } = await serveBinary(['--sandbox', '--port', '0'], { OUTCOMES_FILE: file });
    remove();

    binary.kill('SIGTERM');

    const { code, stderr } = await binary.exit;
    const lines = stderr.trimEnd().split('\n');
    expect(code).toBe(1);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 50,
      err: { message: expect.stringMatching(storeFailure) as string },
    });
  });
});
