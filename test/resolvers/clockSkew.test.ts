import { describe, expect, it } from 'vitest';

import { customer, richCustomers, sweep } from '../kit/accounts.ts';
import { closeEachLater } from '../kit/closeLater.ts';
import { control } from '../kit/control.ts';
import { mutate } from '../kit/mutate.ts';
import { startGateway, startSandbox } from '../kit/startGateway.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

import { repeatUntilSettled } from './kit/repeatUntilSettled.ts';

const hours = 3_600_000; // ms
const variables = {
  input: { toAccount: sweep, entries: [{ fromAccount: richCustomers[0], amount: '10', description: 'first' }] },
  idempotencyKey: 'key',
};

describe.concurrent.each([5 * hours, -5 * hours])('with an API whose clock is %i ms ahead', (aheadMs) => {
  closeEachLater();

  const start = async (faults: object[]) => {
    const sandbox = await startSandbox({ clock: () => Date.now() + aheadMs });
    await control(sandbox, 'PUT', 'faults', { faults });
    const gateway = await startGateway(sandbox.url, {}, { outcomes: { settleMs: 500 } });
    return { sandbox, url: gateway.url };
  };

  it('the gateway finds a reverse batch whose answer was lost', async () => {
    const { url, sandbox } = await start([{ kind: 'answerLost', operations: ['createReverseBatch'] }]);

    const { __typename } = await mutate(url, 'createReverseBatchJournal', variables);

    expect(__typename).toBe('CreateReverseBatchJournalSuccess');
    const { journals } = await control<{ journals: { total: number } }>(sandbox, 'GET', 'stats');
    expect(journals.total).toBe(1);
  });

  it('the gateway reports a reverse batch that was not processed as not done', async () => {
    const { url } = await start([{ kind: 'reset', operations: ['createReverseBatch'] }]);

    expect(await repeatUntilSettled(url, variables)).toMatchObject({
      __typename: 'UpstreamUnavailableError',
      retryAt: null,
    });
  });

  it('the gateway searches again for a reverse batch that was ambiguous', async () => {
    const { url, sandbox } = await start([
      { kind: 'answerLost', operations: ['createReverseBatch'] },
      { kind: 'answer', status: 404, operations: ['getJournal'] },
    ]);
    const ambiguous = await repeatUntilSettled(url, variables);
    await control(sandbox, 'DELETE', 'faults');

    const found = await mutate(url, 'createReverseBatchJournal', variables);

    expect(ambiguous).toMatchObject({ __typename: 'OutcomeUnknownError', retryAt: null });
    expect(found.__typename).toBe('CreateReverseBatchJournalSuccess');
  });

  it('the gateway does not read the journals of a new batch again', async () => {
    const apiNow = () => new Date(Date.now() + aheadMs);
    const { stub, url } = await startStubbed((seen, response) => {
      const made = wireJNLC({ from_account: sweep, to_account: customer, created_at: apiNow().toISOString() });
      return json(200, seen.method === 'POST' ? [made, made] : made, { date: apiNow().toUTCString() })(seen, response);
    });
    const entry = { toAccount: customer, amount: '10' };
    const batch = { input: { fromAccount: sweep, entries: [entry, entry] } };
    // The first answer reveals the API's time.
    await mutate(url, 'createBatchJournal', batch);
    const before = stub.calls.length;

    await mutate(url, 'createBatchJournal', batch);

    expect(stub.calls.slice(before).map(({ method }) => method)).toEqual(['POST']);
  });
});
