import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

import { describe, expect, it } from 'vitest';

import { startWithKeys } from '../kit/startWithKeys.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

/** A gateway whose principal has 50 accounts, so that its lists take 100 calls of the API. */
async function startWithAccounts(status: number) {
  const lists = { running: 0, most: 0 };
  const stub = await StubUpstream.start(async (seen, response) => {
    lists.running += 1;
    lists.most = Math.max(lists.most, lists.running);
    // The latency of the API: without it, lists would hardly overlap.
    await wait(5);
    lists.running -= 1;
    await json(status, [])(seen, response);
  });
  const accounts = Array.from({ length: 50 }, () => randomUUID());
  const { ask } = await startWithKeys(stub.url, { ann: { scopes: ['journals:read'], accounts } });
  return { lists, stub, ask };
}

describe.each([
  ['a page', '{ journals { nodes { id } } }'],
  ['totals', '{ journalTotals { groups { count } } }'],
])('%s of a principal with many accounts', (_what, query) => {
  it('reads a few of its lists in parallel', async () => {
    const { lists, stub, ask } = await startWithAccounts(200);

    const { errors } = await ask('ann', query);

    expect(errors).toBeUndefined();
    expect(stub.calls).toHaveLength(100);
    expect(lists.most).toBeGreaterThan(1);
    expect(lists.most).toBeLessThanOrEqual(16);
  });

  it('reads no further lists after one has failed', async () => {
    const { stub, ask } = await startWithAccounts(400);

    const { errors } = await ask('ann', query);
    // This call would have to wait for a socket until the calls of further lists had been sent.
    await ask('ann', '{ journal(id: "6d2cba43-cb57-4534-9603-000000000000") { id } }');

    expect(errors).toMatchObject([{ extensions: { code: 'UPSTREAM_REFUSED' } }]);
    expect(stub.calls.length).toBeLessThanOrEqual(17);
  });
});
