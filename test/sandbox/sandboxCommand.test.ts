import { join } from 'node:path';

import { describe, expect, it, onTestFinished } from 'vitest';

import { runBinary } from '../kit/startBinary.ts';
import type { Binary } from '../kit/startBinary.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { type Journal, cash } from './kit/journals.ts';
import { SandboxClient, startCommand } from './kit/startSandbox.ts';

async function started(flags: string[]): Promise<{ command: Binary; client: SandboxClient }> {
  const { command, url } = await startCommand(flags);
  const client = new SandboxClient(url);
  onTestFinished(() => client.close());
  return { command, client };
}

describe('journals-gateway sandbox', () => {
  it('exits on SIGTERM despite timers, streams and requests', async () => {
    const { command, client } = await started(['--settle-delay', '60000']);
    const stream = await client.events('/v2/events/journals/status?since=2020-01-01&until=2126-01-01');
    await client.post('/v1/journals', cash());
    await client.post('/v1/journals', cash({ amount: '51' }));
    await client.faults([{ kind: 'latency', ms: 60_000 }]);
    client.get('/v1/journals').catch(() => undefined);

    const { code } = await command.end('SIGTERM');

    expect(code).toBe(0);
    expect(await stream.ended).toBe('cut');
  });

  it('continues the ledger of its data file, including journals in progress', async () => {
    const directory = await temporaryFolder();
    const flags = ['--data', join(directory, 'ledger.db'), '--settle-delay', '200', '--jnlc-flow', 'classic'];
    const first = await started(flags);
    const { body: journal } = await first.client.post<Journal>('/v1/journals', cash());
    await first.command.end('SIGTERM');

    const second = await started(flags);
    const stream = await second.client.events('/v2/events/journals/status?since=2020-01-01T00:00:00Z');

    const events = await stream.first(3);
    expect(events.map(({ journal_id, status_to }) => [journal_id, status_to])).toEqual([
      [journal.id, 'queued'],
      [journal.id, 'sent_to_clearing'],
      [journal.id, 'executed'],
    ]);
  });

  it('accepts its options as flags', async () => {
    const { client } = await started([
      '--jnlc-flow',
      'classic',
      '--answer-shape',
      'old',
      '--per-journal-limit',
      '10.5',
      '--clock',
      'manual',
    ]);

    const { body: small } = await client.post<Journal>('/v1/journals', cash({ amount: '10.5' }));
    const { body: large } = await client.post<Journal>('/v1/journals', cash({ amount: '10.51' }));

    expect([small.status, large.status]).toEqual(['queued', 'pending']);
    expect(small).toMatchObject({ symbol: '', price: '0' });
    expect((await client.get('/sandbox/clock')).body).toMatchObject({ mode: 'manual' });
  });

  it.each([
    [['--nonsense'], /--nonsense/],
    [['--jnlc-flow', 'v3'], /--jnlc-flow: expected v2 or classic/],
    [['--daily-limit', 'much'], /--daily-limit/],
    [['--system-currency', 'usd'], /--system-currency: expected the three letters of a currency/],
    [['--max-streams', '1.5'], /--max-streams/],
    [['--heartbeat', '0'], /--heartbeat: expected a whole number, 1 to 2147483647/],
    [['--heartbeat', '2147483648'], /--heartbeat: expected a whole number, 1 to 2147483647/],
    [['--port', '99999'], /SANDBOX_PORT/],
  ])('reports invalid flags %j on stderr and exits with 2', async (flags, message) => {
    const { code, stdout, stderr } = await runBinary(['sandbox', ...flags]);

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('prints unexpected errors on stderr', async () => {
    const { command, client } = await started([]);
    // Node refuses to send it.
    await client.faults([{ kind: 'answer', headers: { trailer: 'x' } }]);

    const { status } = await client.get('/v1/journals');

    expect(status).toBe(500);
    expect((await command.end('SIGTERM')).stderr).toContain('Trailers are invalid');
  });
});
