import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { FileOutcomeStore } from '../../src/outcomes/FileOutcomeStore.ts';
import { ReverseBatches } from '../../src/outcomes/ReverseBatches.ts';
import { ApiClock } from '../../src/upstream/transport/ApiClock.ts';
import { richCustomers, sweep } from '../kit/accounts.ts';
import { closeLater } from '../kit/closeLater.ts';
import { failureOf, openJournalsClient } from '../kit/openJournalsClient.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import type { Answer } from '../kit/StubUpstream.ts';
import { watchedLog } from '../kit/watchedLog.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const [payer] = richCustomers;
const batch = { toAccount: sweep, entries: [{ fromAccount: payer, amount: '10' }] };
const done = json(200, [wireJNLC({ from_account: payer, to_account: sweep })]);
const listed = json(200, []);

/** Creates `ReverseBatches` with this store, in front of an API that responds with these handlers. */
async function start(store: FileOutcomeStore, post: Answer = done, list: Answer = listed) {
  const stub = await StubUpstream.start((seen, response) => (seen.method === 'POST' ? post : list)(seen, response));
  const clock = new ApiClock();
  const lines: string[] = [];
  const log = watchedLog((line) => lines.push(line));
  const client = openJournalsClient(stub.url, { clock, log, readDeadlineMs: 5_000 });
  const reverseBatches = new ReverseBatches({ client, store, clock, log, readEvents: nothingHappened });
  closeLater(() => reverseBatches.close());
  const posts = () => stub.calls.filter(({ method }) => method === 'POST').length;
  return { reverseBatches, posts, lines };
}

async function* nothingHappened() {
  yield* [];
}

class UnreadableStore extends FileOutcomeStore {
  override find(): never {
    throw new Error('disk I/O error');
  }
}

class HalfReadableStore extends FileOutcomeStore {
  override get(): never {
    throw new Error('disk I/O error');
  }
}

const reset: Answer = (_seen, response) => void response.destroy();

describe('an outcome store', () => {
  it.each([
    ['before anything is sent', new UnreadableStore(), 0],
    ['after the answer was lost', new HalfReadableStore(), 1],
  ])('that cannot be read %s leaves the outcome unknown, with a time to retry', async (_label, store, sent) => {
    const { reverseBatches, posts } = await start(store, reset);

    const error = await failureOf(reverseBatches.create('anyone', 'key', batch));

    expect(error).toMatchObject({ name: 'OutcomeUnknownError', idempotencyKey: 'key' });
    expect(Date.parse((error as { retryAt: string }).retryAt)).toBeGreaterThan(Date.now() - 5_000);
    expect(posts()).toBe(sent);
  });

  it('that is full prevents further batches, and the error states why', async () => {
    const description = 'x'.repeat(1_000);
    const entries = Array.from({ length: 50 }, () => ({ fromAccount: payer, amount: '10', description }));
    const all: Answer = (seen, response) => {
      const made = entries.map(() => wireJNLC({ id: randomUUID(), from_account: payer, to_account: sweep }));
      return json(200, made)(seen, response);
    };
    const { reverseBatches, posts } = await start(new FileOutcomeStore(null, { maxBytes: 500_000 }), all);

    const errors: unknown[] = [];
    let asked = 0;
    while (errors.length < 2) {
      const created = reverseBatches.create('anyone', `key-${(asked += 1)}`, { ...batch, entries });
      await created.catch((error: unknown) => errors.push(error));
    }

    const full = { name: 'UpstreamUnavailableError', message: expect.stringContaining('nothing was sent') as string };
    expect(errors).toMatchObject([full, full]);
    expect(posts()).toBe(asked - 2);
    const { items } = await reverseBatches.create('anyone', 'key-1', { ...batch, entries });
    expect(items).toHaveLength(50);
  });
});

describe('an API whose time is unknown', () => {
  const silentClock =
    (answer: Answer): Answer =>
    (seen, response) => {
      response.sendDate = false;
      return answer(seen, response);
    };

  it.each([
    ['breaks every connection', reset],
    ['responds without a date', silentClock(listed)],
    ['refuses without a date', silentClock(json(401, {}))],
  ])('and that %s receives no reverse batch, and the error states why', async (_label, list) => {
    const { reverseBatches, posts } = await start(new FileOutcomeStore(), done, list);

    const error = await failureOf(reverseBatches.create('anyone', 'key', batch));

    expect(error).toMatchObject({ name: 'UpstreamUnavailableError' });
    expect((error as Error).message).toMatch(/^nothing was sent: the API's time is unknown/);
    expect(posts()).toBe(0);
  });

  it('receives the reverse batch if a refused read reveals the time', async () => {
    const { reverseBatches } = await start(new FileOutcomeStore(), done, json(403, {}));

    expect((await reverseBatches.create('anyone', 'key', batch)).items).toHaveLength(1);
  });
});

it('the log line of a lost answer names the key', async () => {
  const { reverseBatches, lines } = await start(new HalfReadableStore(), reset);

  await failureOf(reverseBatches.create('anyone', 'key', batch));

  const failed = lines.map((line) => JSON.parse(line) as object).filter((line) => 'endpoint' in line);
  expect(failed).toMatchObject([{ endpoint: 'createReverseBatchJournal', outcome: 'unknown', idempotencyKey: 'key' }]);
});

it('closing does not wait for a read in progress', async () => {
  const silent: Answer = () => undefined;
  const store = new FileOutcomeStore();
  store.intend('anyone', { idempotencyKey: 'key', fingerprint: 'print', batch, intendedAtMs: Date.now() });
  const stub = await StubUpstream.start(silent);
  const clock = new ApiClock();
  const log = watchedLog();
  const client = openJournalsClient(stub.url, { clock, log });
  const reverseBatches = new ReverseBatches({ client, store, clock, log, readEvents: nothingHappened });
  await reverseBatches.start();
  while (stub.calls.length === 0) await new Promise((resolve) => setImmediate(resolve));

  // The deadline of a read is longer than this test may take.
  await reverseBatches.close();
}, 9_000);
