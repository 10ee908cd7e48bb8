import { describe, expect, it } from 'vitest';

import type { Sandbox } from '../../src/sandbox/createSandbox.ts';
import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { createJournals } from '../kit/createJournals.ts';
import { startBoth } from '../kit/startGateway.ts';

interface Page {
  journalStatusEvents: {
    nodes: {
      id: string;
      cursor: string;
      journalId: string;
      statusTo: string;
      at: string;
      journal: { status: string };
    }[];
    pageInfo: { hasNextPage: boolean; hasPreviousPage: boolean; endCursor: string | null };
  } | null;
}

const query = `query ($since: DateTime, $until: DateTime, $filter: JournalStatusEventFilter, $first: Int, $after: String) {
  journalStatusEvents(since: $since, until: $until, filter: $filter, first: $first, after: $after) {
    nodes { id cursor journalId statusTo at journal { status } }
    pageInfo { hasNextPage hasPreviousPage endCursor }
  }
}`;

const longAgo = '2020-01-01T00:00:00Z';

async function read(
  url: string,
  variables: Record<string, unknown>,
): Promise<NonNullable<Page['journalStatusEvents']>> {
  const { data, errors } = await ask<Page>(url, query, variables);
  if (!data?.journalStatusEvents) throw new Error(JSON.stringify(errors));
  return data.journalStatusEvents;
}

/** Starts a gateway whose sandbox executes every journal while it is created: three events each. */
async function startWithHistory(count: number) {
  const { gateway, sandbox } = await startBoth({ settleDelayMs: 0 });
  return { gateway, sandbox, ids: await createJournals(gateway.url, count) };
}

async function openStreams(sandbox: Sandbox): Promise<number> {
  return (await control<{ streams: { open: number } }>(sandbox, 'GET', 'stats')).streams.open;
}

describe('journalStatusEvents', () => {
  it('pages through the whole history, oldest first, with every event once', async () => {
    const { gateway, ids } = await startWithHistory(7);
    const seen: string[][] = [];
    let after: string | null = null;

    for (let hasNextPage = true; hasNextPage;) {
      const page = await read(gateway.url, { since: longAgo, first: 4, after });
      seen.push(...page.nodes.map(({ journalId, statusTo }) => [journalId, statusTo]));
      expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
      ({ hasNextPage, endCursor: after } = page.pageInfo);
    }

    expect(seen).toEqual(ids.flatMap((id) => ['QUEUED', 'SENT_TO_CLEARING', 'EXECUTED'].map((status) => [id, status])));
  });

  it('filters by journal, status, entry type and account on either side', async () => {
    const { gateway, ids } = await startWithHistory(3);
    const idsOf = async (filter: object) =>
      (await read(gateway.url, { since: longAgo, filter })).nodes.map(
        ({ journalId, statusTo }) => `${journalId} ${statusTo}`,
      );

    expect(await idsOf({ journalId: [ids[1]], statusTo: ['EXECUTED'] })).toEqual([`${ids[1]} EXECUTED`]);
    expect(await idsOf({ statusTo: ['QUEUED'] })).toEqual(ids.map((id) => `${id} QUEUED`));
    expect(await idsOf({ entryType: 'JNLS' })).toEqual([]);
    expect(await idsOf({ statusTo: [] })).toEqual([]);
    expect(await idsOf({ accountId: [customer], statusTo: ['QUEUED'] })).toHaveLength(3);
    expect(await idsOf({ accountId: [sweep], statusTo: ['QUEUED'] })).toHaveLength(3);
    expect(await idsOf({ accountId: [otherCustomer] })).toEqual([]);
  });

  it('respects both bounds, inclusively', async () => {
    const { gateway } = await startWithHistory(4);
    const all = (await read(gateway.url, { since: longAgo })).nodes;
    const [first, last] = [all[3], all[8]];

    const { nodes } = await read(gateway.url, { since: first?.at, until: last?.at });

    const inside = all.filter(({ at }) => at >= (first?.at ?? '') && at <= (last?.at ?? ''));
    expect(nodes.map(({ id }) => id)).toEqual(inside.map(({ id }) => id));
  });

  it('returns each journal in its current state', async () => {
    const { gateway } = await startWithHistory(2);

    const { nodes } = await read(gateway.url, { since: longAgo });

    expect(new Set(nodes.map(({ journal }) => journal.status))).toEqual(new Set(['EXECUTED']));
  });

  it('closes its upstream stream as soon as the page is full', async () => {
    const { gateway, sandbox } = await startWithHistory(20);

    for (let round = 0; round < 10; round += 1) await read(gateway.url, { since: longAgo, first: 1 });

    await expect.poll(() => openStreams(sandbox)).toBe(1);
  });

  it('fails with CURSOR_EXPIRED when the API no longer retains the event of the cursor', async () => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 0, eventRetention: 6 });
    await createJournals(gateway.url, 2);
    const { nodes } = await read(gateway.url, { since: longAgo, first: 1 });
    await createJournals(gateway.url, 4);

    const { data, errors } = await ask<Page>(gateway.url, query, { after: nodes[0]?.cursor });

    expect(data?.journalStatusEvents).toBeNull();
    expect(errors?.[0]?.extensions).toEqual({ code: 'CURSOR_EXPIRED', cursor: nodes[0]?.cursor });
    expect(await openStreams(sandbox)).toBeLessThanOrEqual(2);
  });

  it.each([
    [{}, 'expected since or after'],
    [{ since: longAgo, first: 501 }, 'first is 501, at most 500'],
    [{ after: 'nonsense' }, 'after is not a cursor of a status event'],
    [{ since: longAgo, filter: { journalId: Array.from({ length: 101 }, () => customer) } }, 'at most 100'],
  ])('refuses %j with BAD_USER_INPUT', async (variables, message) => {
    const { gateway } = await startBoth();

    const { errors } = await ask<Page>(gateway.url, query, variables);

    expect(errors?.[0]?.message).toContain(message);
    expect(errors?.[0]?.extensions?.['code']).toBe('BAD_USER_INPUT');
  });
});
