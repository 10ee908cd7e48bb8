import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { describe, expect, it, vi } from 'vitest';

import { ApiClock } from '../../src/upstream/transport/ApiClock.ts';
import { basicCredentials } from '../../src/upstream/transport/credentials.ts';
import { RateGovernor } from '../../src/upstream/transport/RateGovernor.ts';
import { StatusEventsClient } from '../../src/upstream/events/StatusEventsClient.ts';
import { control } from '../kit/control.ts';
import { Gate } from '../kit/Gate.ts';
import { closeLater } from '../kit/closeLater.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { apiSecret } from '../kit/planted.ts';
import { startSandbox } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

interface LogEntry {
  arrivedAt: number;
  answeredAt: number;
  status: number;
  rateLimitReset: number;
}

describe('after a 429', () => {
  it.each([{ retryAfter: true }, { retryAfter: false }])(
    'no call is sent before the reset, and calls with a later deadline wait for it (%j)',
    async ({ retryAfter }) => {
      const sandbox = await startSandbox();
      const refusal = new Gate();
      const began = () => ({
        ended: ({ status }: { status: number | null }) => {
          if (status === 429) refusal.open();
        },
      });
      const client = openJournalsClient(sandbox.url, { observers: [{ began }] });
      await control(sandbox, 'PUT', 'faults', {
        faults: [{ kind: 'rateLimited', resetMs: 1_000, retryAfter, count: 1 }],
      });

      const refused = client.get(journalId);
      await refusal.opened;
      const answers = await Promise.all([refused, ...Array.from({ length: 19 }, () => client.get(journalId))]);

      const log = await control<LogEntry[]>(sandbox, 'GET', 'log');
      const [first] = log.filter(({ status }) => status === 429);
      const early = log.filter(
        ({ arrivedAt, status }) => status !== 429 && arrivedAt < (first?.rateLimitReset ?? 0) * 1_000,
      );
      expect(answers).toEqual(answers.map(() => null));
      expect(first).toBeDefined();
      expect(early).toEqual([]);
    },
  );

  it('a call with an earlier deadline fails at once with the time of the reset', async () => {
    const stub = await StubUpstream.start(json(429, {}, { 'retry-after': '86400' }));
    const hour = 3_600_000;
    const client = openJournalsClient(stub.url, { readDeadlineMs: hour, writeDeadlineMs: hour });
    await failureOf(client.get(journalId));

    const errors = await Promise.all([
      failureOf(client.get(journalId)),
      failureOf(client.delete(journalId)),
      failureOf(client.createReverseBatch({ toAccount: journalId, entries: [] }, 'key')),
    ]);

    expect(errors).toMatchObject(
      [1, 2, 3].map(() => ({ name: 'RateLimitedError', retryAt: expect.any(String) as string })),
    );
    expect(stub.calls).toHaveLength(1);
  });

  it('a call without enough time between the reset and its deadline is not sent', async () => {
    const passTime = controlTime();
    const stub = await StubUpstream.start((seen, response) => {
      if (seen.method === 'DELETE') return json(429, {}, { 'retry-after': '3600' })(seen, response);
      passTime(100_000);
      return json(200, wireJNLC())(seen, response);
    });
    const client = openJournalsClient(stub.url, { readDeadlineMs: 3_600_000, writeDeadlineMs: 3_601_000 });
    // After these calls, the client expects a response to take more than a minute.
    for (let call = 0; call < 20; call += 1) await client.get(journalId);
    await failureOf(client.delete(journalId));

    expect(await failureOf(client.delete(journalId))).toMatchObject({ name: 'RateLimitedError' });
    expect(stub.calls.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  it('neither calls that wait for a socket nor streams are sent', async () => {
    const gate = new Gate();
    const stub = await StubUpstream.start(async (seen, response) => {
      await gate.pass();
      return json(429, {}, { 'retry-after': '60' })(seen, response);
    });
    const clock = new ApiClock();
    const governor = new RateGovernor(clock);
    const client = openJournalsClient(stub.url, { connections: 1, clock, governor });
    const credentials = basicCredentials('sandbox', apiSecret);
    const events = new StatusEventsClient({ baseUrl: stub.url, version: 'v2', credentials, clock, governor });
    closeLater(() => events.close());

    const waiting = [1, 2, 3].map(() => failureOf(client.get(journalId)));
    await gate.reached;
    gate.open();

    expect(await Promise.all(waiting)).toMatchObject([1, 2, 3].map(() => ({ name: 'RateLimitedError' })));
    expect(await failureOf(events.open())).toMatchObject({ name: 'RateLimitedError' });
    expect(stub.seen).toHaveLength(1);
  });

  it('with a slow body, no call is sent once its head has arrived', async () => {
    const stub = await StubUpstream.start((_seen, response) => {
      response.writeHead(429, { 'retry-after': '60', 'content-length': '100' });
      response.write('{');
    });
    const client = openJournalsClient(stub.url);
    const headRead = new Promise<void>((resolve) => {
      const read = () => resolve();
      subscribe('undici:request:headers', read);
      closeLater(() => unsubscribe('undici:request:headers', read));
    });
    const first = failureOf(client.get(journalId, AbortSignal.timeout(1_000)));
    await headRead;

    expect(await failureOf(client.get(journalId))).toMatchObject({ name: 'RateLimitedError' });
    expect(stub.calls).toHaveLength(1);
    await first;
  });

  it('for too many streams, other calls are still sent', async () => {
    const stub = await StubUpstream.start(
      json(200, wireJNLC()),
      json(
        429,
        {},
        { 'x-ratelimit-remaining': '900', 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1_000) + 60) },
      ),
    );
    const clock = new ApiClock();
    const governor = new RateGovernor(clock);
    const client = openJournalsClient(stub.url, { clock, governor });
    const credentials = basicCredentials('sandbox', apiSecret);
    const events = new StatusEventsClient({ baseUrl: stub.url, version: 'v2', credentials, clock, governor });
    closeLater(() => events.close());

    expect(await failureOf(events.open())).toMatchObject({ name: 'RateLimitedError' });
    expect((await client.get(journalId))?.id).toBe(journalId);
  });

  it('a reset in the far future is ignored', async () => {
    const stub = await StubUpstream.start((seen, response) =>
      stub.calls.length === 1
        ? json(429, {}, { 'x-ratelimit-reset': '9999999999' })(seen, response)
        : json(200, wireJNLC())(seen, response),
    );

    expect((await openJournalsClient(stub.url).get(journalId))?.id).toBe(journalId);
  });
});

describe('near the limit', () => {
  it('calls are spread over the time that is left, and none is refused', async () => {
    // The first responses state how many calls are left; calls already in flight are not delayed.
    const sandbox = await startSandbox({ rateLimit: { limit: 40, windowMs: 3_000 } });
    const client = openJournalsClient(sandbox.url, { connections: 2 });

    await Promise.all(Array.from({ length: 50 }, () => client.get(journalId)));

    const log = await control<LogEntry[]>(sandbox, 'GET', 'log');
    expect(log.filter(({ status }) => status === 429)).toEqual([]);
    expect(log).toHaveLength(50);
  });
});

/** Returns a function that moves `performance.now()` forward by a number of ms, for the rest of the test. */
function controlTime(): (ms: number) => void {
  let passedMs = 0;
  const now = performance.now.bind(performance);
  const spy = vi.spyOn(performance, 'now').mockImplementation(() => now() + passedMs);
  closeLater(() => spy.mockRestore());
  return (ms) => {
    passedMs += ms;
  };
}
