import { describe, expect, it } from 'vitest';

import type { JournalsClient } from '../../src/upstream/journals/JournalsClient.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { startSwallowingHost } from '../kit/startSwallowingHost.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { journalId, wireJNLC } from '../kit/wireJournals.ts';

const probe = '/v1/journals?limit=1';
/** The deadline of writes, in ms. The first attempt of a create times out after half of it. */
const writeDeadlineMs = 120_000;
/**
 * The timeout of the tests, in ms. It is shorter than that of a first attempt, so a test that waits for the latter
 * fails.
 */
const soon = 50_000;

/** Starts a host that responds to no requests until `isUp` is set. With `isAlive`, it responds to probes. */
async function startSilent(state: { isUp: boolean; isAlive?: boolean }) {
  const stub = await StubUpstream.start((seen, response) => {
    if (state.isUp) return json(200, seen.url === probe ? [] : wireJNLC())(seen, response);
    if (state.isAlive && seen.url === probe) return json(200, [])(seen, response);
  });
  const creates = () => stub.calls.filter(({ method }) => method === 'POST').length;
  const probes = () => stub.calls.filter(({ url }) => url === probe).length;
  return { stub, creates, probes };
}

describe('a host that accepts requests and does not respond', () => {
  it(
    'opens the breaker long before a call times out, and calls that wait for a socket are refused',
    async () => {
      const { stub, creates } = await startSilent({ isUp: false });
      const client = openJournalsClient(stub.url, { connections: 16, writeDeadlineMs });

      const waiting = Array.from({ length: 40 }, (_, index) => failureOf(create(client, index)));
      const first = await Promise.race(waiting);
      const refused = await failureOf(create(client, 40));

      expect([first, refused]).toMatchObject([unavailable, unavailable]);
      expect(creates()).toBe(16);
    },
    soon,
  );

  it(
    'is called again after it has recovered, although old sockets still wait for a response',
    async () => {
      const state = { isUp: false };
      const { stub } = await startSilent(state);
      const client = openJournalsClient(stub.url, { connections: 16, writeDeadlineMs });
      await Promise.race(Array.from({ length: 40 }, (_, index) => failureOf(create(client, index))));

      state.isUp = true;
      const done = await untilDone(client);

      expect(done).toMatchObject({ id: journalId });
    },
    soon,
  );

  it(
    'does not open the breaker while it responds to probes',
    async () => {
      const state = { isUp: false, isAlive: true };
      const { stub, creates, probes } = await startSilent(state);
      const client = openJournalsClient(stub.url, { connections: 64, writeDeadlineMs });

      for (let index = 0; index < 30; index += 1) create(client, index).catch(() => undefined);
      while (probes() < 3) await turn();
      state.isUp = true;

      expect(await create(client, 30)).toMatchObject({ id: journalId });
      expect(creates()).toBe(31);
    },
    soon,
  );

  it(
    'does not open the breaker when the rate limit prevents a probe',
    async () => {
      const stub = await StubUpstream.start((seen, response) => {
        if (seen.method === 'DELETE') return json(429, {}, { 'retry-after': '60' })(seen, response);
        setTimeout(() => void json(200, wireJNLC())(seen, response), 3_000);
      });
      const lines: string[] = [];
      const client = openJournalsClient(stub.url, { log: watchedLog((line) => lines.push(line)) });
      const slow = Array.from({ length: 30 }, (_, index) => create(client, index));
      while (stub.calls.length < 30) await turn();
      await failureOf(client.delete(journalId));

      expect(await Promise.all(slow)).toHaveLength(30);
      expect(lines.filter((line) => line.includes('keeps failing'))).toEqual([]);
    },
    soon,
  );

  it(
    'is not probed when only a few calls are slow',
    async () => {
      const { stub, probes } = await startSilent({ isUp: false });
      const client = openJournalsClient(stub.url, { writeDeadlineMs: 3_000 });

      // Even with their retries, these are too few calls to open the breaker.
      await Promise.all(Array.from({ length: 6 }, (_, index) => failureOf(create(client, index))));

      expect(probes()).toBe(0);
    },
    soon,
  );
});

describe('a host that swallows packets', () => {
  it(
    'opens the breaker, and every call fails as not sent',
    async () => {
      const { port } = await startSwallowingHost();
      const client = openJournalsClient(`http://127.0.0.1:${port}`, { writeDeadlineMs });

      const errors = await Promise.all(Array.from({ length: 40 }, (_, index) => failureOf(create(client, index))));

      expect(errors).toMatchObject(errors.map(() => unavailable));
    },
    soon,
  );

  it(
    'is called again after it has recovered',
    async () => {
      const host = await startSwallowingHost();
      const client = openJournalsClient(`http://127.0.0.1:${host.port}`, { writeDeadlineMs });
      await Promise.all(Array.from({ length: 40 }, (_, index) => failureOf(create(client, index))));

      await host.end();
      await StubUpstream.start(
        (seen, response) => json(200, seen.url === probe ? [] : wireJNLC())(seen, response),
        undefined,
        host.port,
      );

      expect(await untilDone(client)).toMatchObject({ id: journalId });
    },
    soon,
  );
});

const unavailable = {
  name: 'UpstreamUnavailableError',
  message: expect.stringContaining('keeps failing') as string,
  retryAt: expect.any(String) as string,
};

function create(client: JournalsClient, index: number): Promise<unknown> {
  return client.create({ jnlc: { fromAccount: sweep, toAccount: customer, amount: '1' } }, `key-${index}`);
}

async function untilDone(client: JournalsClient): Promise<unknown> {
  for (let index = 100; ; index += 1) {
    const done = await create(client, index).catch(() => null);
    if (done !== null) return done;
    await turn();
  }
}

/** Lets the event loop read responses: a loop over calls that are refused at once would prevent that. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 5));
}
