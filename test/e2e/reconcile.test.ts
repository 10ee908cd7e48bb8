import { readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from 'vitest';

import type { Reconciliation } from '../../src/reconcile/Reconciliation.ts';
import { customer, richCustomers, sweep } from '../kit/accounts.ts';
import { control } from '../kit/control.ts';
import { freePort } from '../kit/freePort.ts';
import { createJournal } from '../kit/createJournals.ts';
import { mutate } from '../kit/mutate.ts';
import { apiSecret } from '../kit/planted.ts';
import { runBinary } from '../kit/startBinary.ts';
import type { Exit } from '../kit/startBinary.ts';
import { startBoth, startGateway, startSandbox } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { temporaryFolder } from '../kit/temporaryFolder.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const today = new Date().toISOString().slice(0, 10);
const since = ['--since', '2020-01-01'];

function run(upstreamUrl: string, argv: string[], environment: Record<string, string> = {}): Promise<Exit> {
  return runBinary(['reconcile', ...argv], {
    APCA_BROKER_BASE_URL: upstreamUrl,
    APCA_BROKER_KEY_ID: 'sandbox',
    APCA_BROKER_SECRET_KEY: apiSecret,
    ...environment,
  });
}

async function findings(upstreamUrl: string, environment: Record<string, string> = {}) {
  const { code, stdout, stderr } = await run(upstreamUrl, [...since, '--json'], environment);
  return { code, stderr, found: JSON.parse(stdout) as Reconciliation };
}

describe('reconcile', () => {
  it('finds nothing where every journal has the status of its last event', async () => {
    const { gateway, sandbox } = await startBoth();
    for (const description of ['one', 'two', 'three']) await createJournal(gateway.url, description);

    const { code, stdout, stderr } = await run(sandbox.url, since);

    expect(stderr).toBe('');
    expect(code).toBe(0);
    expect(stdout).toBe(
      [
        `2020-01-01 to ${today}: 3 journals`,
        'status differs from the last event: none',
        'possible doubles: none',
        'reverse batches of unknown outcome: not checked: OUTCOMES_FILE is not set, or not used because of REDIS_URL',
        'unreadable journals: none',
        '',
      ]
        .join('\n\n')
        .trimEnd() + '\n',
    );
  });

  it('finds journals with the same accounts, amount and description within a minute', async () => {
    const { gateway, sandbox } = await startBoth();
    const ids = [await createJournal(gateway.url, 'rent'), await createJournal(gateway.url, 'rent')];
    await createJournal(gateway.url, 'other');

    const { code, found } = await findings(sandbox.url);

    expect(code).toBe(1);
    expect(found.doubles).toMatchObject([
      { fromAccount: sweep, toAccount: customer, amount: '1 USD', description: 'rent' },
    ]);
    expect(found.doubles[0]?.journals.map((journal) => journal.journalId).sort()).toEqual(ids.sort());
    const { stdout } = await run(sandbox.url, since);
    expect(stdout).toContain('possible doubles: 2\n');
  });

  it('finds a journal whose status differs from its last event, and a journal that no longer exists', async () => {
    const goneId = '00000000-0000-4000-8000-00000000dead';
    const at = new Date(Date.now() - 10_000).toISOString();
    const journal = wireJNLC({ status: 'executed', created_at: at });
    const event = (id: string, journal_id: string, status_from: string, status_to: string) =>
      `data: ${JSON.stringify({ at, event_id: id, entry_type: 'JNLC', journal_id, status_from, status_to })}\n\n`;
    const stub = await StubUpstream.start(
      (seen, response) => {
        if (seen.url.includes(goneId)) return json(404, { message: 'not found' })(seen, response);
        return json(200, seen.url.includes(journalId) ? journal : [journal])(seen, response);
      },
      (_seen, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        response.write(event('e1', journalId, '', 'queued'));
        response.write(event('e2', goneId, '', 'queued'));
        response.end(event('e3', journalId, 'queued', 'rejected'));
      },
    );

    const { code, found } = await findings(stub.url);

    expect(code).toBe(1);
    expect(found.differences).toEqual([
      { journalId, status: 'executed', lastEvent: 'rejected', lastEventAt: at },
      { journalId: goneId, status: null, lastEvent: 'queued', lastEventAt: at },
    ]);
    expect(stub.calls.every(({ method }) => method === 'GET')).toBe(true);
  });

  it('finds a lost reverse batch in the file of a running gateway without disturbing it', async () => {
    const sandbox = await startSandbox();
    const file = join(await temporaryFolder(), 'outcomes.db');
    const gateway = await startGateway(sandbox.url, {}, { outcomes: { file } });
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'reset', probability: 1, operations: ['createReverseBatch'] }],
    });
    const entries = [{ fromAccount: richCustomers[0], amount: '0.01', description: 'lost' }];
    const variables = { input: { toAccount: sweep, entries }, idempotencyKey: 'lost' };
    await mutate(gateway.url, 'createReverseBatchJournal', variables);

    const { code, found } = await findings(sandbox.url, { OUTCOMES_FILE: file });

    expect(code).toBe(1);
    expect(found.unknownReverseBatches).toMatchObject([
      { principal: 'anyone', idempotencyKey: 'lost', state: 'open', requestId: null },
    ]);
    await control(sandbox, 'DELETE', 'faults');
    const next = { ...variables, idempotencyKey: 'next' };
    expect(await mutate(gateway.url, 'createReverseBatchJournal', next)).toMatchObject({
      __typename: 'CreateReverseBatchJournalSuccess',
    });
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('journals-outcomes-'))).toEqual([]);
  });

  it('does not read OUTCOMES_FILE with REDIS_URL, since gateways then keep outcomes in Redis', async () => {
    const { sandbox } = await startBoth();
    const missing = join(await temporaryFolder(), 'missing.db');

    const { code, found } = await findings(sandbox.url, {
      OUTCOMES_FILE: missing,
      REDIS_URL: `redis://127.0.0.1:${await freePort()}`,
    });

    expect(code).toBe(0);
    expect(found.unknownReverseBatches).toBeNull();
  });

  it.each([
    ['without a first day', [], '--since: missing'],
    ['with an invalid day', ['--since', 'yesterday'], '--since: expected a day'],
    ['with an end before its beginning', ['--since', '2026-02-01', '--until', '2026-01-01'], 'is after'],
  ])('fails with code 2 %s', async (_what, argv, message) => {
    const { code, stderr } = await run('http://127.0.0.1:9', argv);

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });

  it('fails with code 2 when the API or the file of outcomes cannot be read', async () => {
    const { sandbox } = await startBoth();
    const missing = join(await temporaryFolder(), 'missing.db');

    const [unreachable, unreadable] = await Promise.all([
      run(`http://127.0.0.1:${await freePort()}`, since),
      run(sandbox.url, since, { OUTCOMES_FILE: missing }),
    ]);

    expect(unreachable.code).toBe(2);
    expect(unreachable.stderr).toContain('the comparison failed: ');
    expect(unreadable.code).toBe(2);
    expect(unreadable.stderr).toContain('ENOENT');
  });
});
