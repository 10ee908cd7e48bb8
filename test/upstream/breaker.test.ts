import { describe, expect, it } from 'vitest';

import type { JournalsClient } from '../../src/upstream/journals/JournalsClient.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const broken = json(503, { message: 'down' });
const probe = '/v1/journals?limit=1';

/** Starts an upstream that fails until `isUp` is set. */
async function startBroken(failure: Answer = broken) {
  const state = { isUp: false };
  const stub = await StubUpstream.start((seen, response) =>
    state.isUp ? json(200, seen.url === probe ? [] : wireJNLC())(seen, response) : failure(seen, response),
  );
  const calls = () => stub.calls.filter(({ url }) => url !== probe);
  const probes = () => stub.calls.filter(({ url }) => url === probe);
  return { client: openJournalsClient(stub.url), calls, probes, state };
}

/** Fails calls until the breaker is open. */
async function breakIt(client: JournalsClient): Promise<void> {
  await Promise.all(Array.from({ length: 25 }, () => failureOf(client.get(journalId))));
}

describe('the breaker', () => {
  it('opens after 20 failed calls and then refuses calls at once with a time to retry', async () => {
    const { client, calls } = await startBroken();
    await breakIt(client);
    const before = calls().length;

    const errors = await Promise.all([failureOf(client.get(journalId)), failureOf(create(client))]);

    const unavailable = { name: 'UpstreamUnavailableError', retryAt: expect.any(String) as string };
    expect(errors).toMatchObject([unavailable, unavailable]);
    expect(calls()).toHaveLength(before);
  });

  it('sends probes without traffic and closes when the host responds', async () => {
    const { client, probes, state } = await startBroken();
    await breakIt(client);

    state.isUp = true;
    let journal;
    while (!journal) {
      journal = await client.get(journalId).catch(() => null);
      await turn();
    }

    expect(journal.id).toBe(journalId);
    expect(probes().length).toBeGreaterThan(0);
  });

  it('closes after a probe with any status below 500', async () => {
    const { client, state } = await startBroken((seen, response) =>
      state.isUp ? undefined : json(seen.url === probe ? 422 : 503, {})(seen, response),
    );
    await breakIt(client);
    let message = 'keeps failing';
    while (message.includes('keeps failing')) {
      message = String(await failureOf(client.get(journalId)));
      await turn();
    }

    expect(message).toContain('HTTP 503');
  });

  it('stays closed while fewer than 80 % of the calls fail, refusals not counted', async () => {
    let count = 0;
    const stub = await StubUpstream.start((seen, response) => {
      count += 1;
      return (count % 4 === 0 ? json(404, {}) : broken)(seen, response);
    });
    const client = openJournalsClient(stub.url);

    for (let call = 0; call < 30; call += 1) await create(client).catch(() => null);

    expect(stub.calls.filter(({ url }) => url === probe)).toEqual([]);
  });

  it('does not count calls that their caller cancelled', async () => {
    const stub = await StubUpstream.start(() => undefined);
    const client = openJournalsClient(stub.url);

    for (let call = 0; call < 30; call += 1) await failureOf(client.get(journalId, AbortSignal.timeout(1)));

    expect(stub.calls.filter(({ url }) => url === probe)).toEqual([]);
  });

  it('limits the calls that a failing host receives', async () => {
    const { client, calls, probes } = await startBroken();
    const workers = 8;

    let operations = 0;
    const worker = async () => {
      while (operations < 200 || probes().length < 2) {
        operations += 1;
        await failureOf(operations % 2 === 0 ? client.get(journalId) : create(client));
        await turn();
      }
    };
    await Promise.all(Array.from({ length: workers }, worker));

    // Twenty failures open the breaker. By then, each of the other workers may have a call in flight.
    expect(calls().length).toBeGreaterThanOrEqual(20);
    expect(calls().length).toBeLessThan(20 + workers);
  });
});

describe('a read that fails', () => {
  it('is retried within a budget of a fifth of the calls and a minimum', async () => {
    // Half of the calls succeed, so the breaker stays closed.
    const stub = await StubUpstream.start((seen, response) =>
      (seen.url.includes('limit') ? json(200, []) : broken)(seen, response),
    );
    const client = openJournalsClient(stub.url);

    for (let call = 0; call < 100; call += 1) {
      await Promise.all([client.list({ limit: 1 }), failureOf(client.get(journalId))]);
    }

    const repeats = stub.calls.length - 200;
    expect(repeats).toBeGreaterThan(5);
    expect(repeats).toBeLessThanOrEqual(40);
  });
});

/** Lets the event loop read the probe's response: a loop over calls that are refused at once would prevent that. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function create(client: JournalsClient): Promise<unknown> {
  return client.create({ jnlc: { fromAccount: sweep, toAccount: customer, amount: '1' } }, 'key');
}
