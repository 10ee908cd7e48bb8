import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { createJournals } from '../kit/createJournals.ts';
import { startBoth, startGateway } from '../kit/startGateway.ts';
import { subscribe } from '../kit/subscribe.ts';

interface Changed {
  journalStatusChanged: {
    id: string;
    cursor: string;
    journalId: string;
    statusTo: string;
    journal?: { status: string };
  };
}

const changed = `subscription ($after: String, $filter: JournalStatusEventFilter) {
  journalStatusChanged(after: $after, filter: $filter) { id cursor journalId statusTo journal { status } }
}`;

const steps = ['QUEUED', 'SENT_TO_CLEARING', 'EXECUTED'];

function walks(ids: string[]): string[] {
  return ids.flatMap((id) => steps.map((step) => `${id} ${step}`)).sort();
}

function told(events: Changed[]): string[] {
  return events.map(({ journalStatusChanged: { journalId, statusTo } }) => `${journalId} ${statusTo}`).sort();
}

async function cursorOf(url: string): Promise<string> {
  const { data } = await ask<{ journalStatusCursor: string }>(url, '{ journalStatusCursor }');
  return data?.journalStatusCursor ?? '';
}

describe.each(['WebSocket', 'SSE'] as const)('a subscription after a cursor over %s', (transport) => {
  it('gets what the window holds behind it, then what comes', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 0 });
    await createJournals(gateway.url, 2);
    const after = await cursorOf(gateway.url);
    const missed = await createJournals(gateway.url, 3);

    const events = await subscribe<Changed>(transport, gateway.url, changed, { after });
    const live = await createJournals(gateway.url, 2);

    expect(told(await events.take(15))).toEqual(walks([...missed, ...live]));
  });

  it('gets it from the API when the gateway is a new one', async () => {
    const { gateway: old, sandbox } = await startBoth({ settleDelayMs: 0 });
    const before = await subscribe<Changed>(transport, old.url, changed);
    await createJournals(old.url, 2);
    const after = (await before.take(6)).at(-1)?.journalStatusChanged.cursor;
    const missed = await createJournals(old.url, 30);
    await old.close();

    const gateway = await startGateway(sandbox.url);
    const events = await subscribe<Changed>(transport, gateway.url, changed, { after });
    const live = await createJournals(gateway.url, 3);

    expect(told(await events.take(99))).toEqual(walks([...missed, ...live]));
  });

  it('goes on from any event, in the middle of a journal and of a millisecond', async () => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 0 });
    const first = await subscribe<Changed>(transport, gateway.url, changed);
    await createJournals(gateway.url, 4);
    const all = (await first.take(12)).map((event) => event.journalStatusChanged);
    const fresh = await startGateway(sandbox.url);

    for (const url of [gateway.url, fresh.url]) {
      for (const [index, { cursor }] of all.slice(0, -1).entries()) {
        const events = await subscribe<Changed>(transport, url, changed, { after: cursor });
        const rest = await events.take(all.length - index - 1);
        await events.stop();
        expect(rest.map((event) => event.journalStatusChanged.id)).toEqual(all.slice(index + 1).map(({ id }) => id));
      }
    }
  });

  it('from a cursor taken with a list misses nothing', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 3 });
    const creating = createJournals(gateway.url, 25);
    const list = '{ journals(first: 500) { nodes { id status } } journalStatusCursor }';
    interface Listed {
      journals: { nodes: { id: string; status: string }[] };
      journalStatusCursor: string;
    }
    const { data } = await ask<Listed>(gateway.url, list);

    const events = await subscribe<Changed>(transport, gateway.url, changed, { after: data?.journalStatusCursor });
    const ids = await creating;
    const status = new Map(data?.journals.nodes.map((node) => [node.id, node.status]));
    while (ids.some((id) => status.get(id) !== 'EXECUTED')) {
      const [event] = await events.take(1);
      if (event) status.set(event.journalStatusChanged.journalId, event.journalStatusChanged.statusTo);
    }

    expect([...status.keys()].sort()).toEqual([...ids].sort());
  });

  it('that the API has forgotten ends with CURSOR_EXPIRED and the cursor', async () => {
    const { gateway: old, sandbox } = await startBoth({ settleDelayMs: 0, eventRetention: 6 });
    const before = await subscribe<Changed>(transport, old.url, changed);
    await createJournals(old.url, 1);
    const after = (await before.take(1))[0]?.journalStatusChanged.cursor;
    await createJournals(old.url, 5);

    const gateway = await startGateway(sandbox.url);
    const events = await subscribe<Changed>(transport, gateway.url, changed, { after });
    const ended = events.next().then(({ errors }) => errors);

    const errors = await ended.catch((error: unknown) => error as { extensions?: object }[]);
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'CURSOR_EXPIRED', cursor: after });
  });
});

describe('the feed', () => {
  it.each([
    ['a cut', { kind: 'cut' }],
    ['an internal error of the API', { kind: 'internalError' }],
    ['dropped messages', { kind: 'dropped', messages: 4 }],
  ])('loses and doubles nothing over %s', async (_what, fault) => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 0 });
    const events = await subscribe<Changed>('WebSocket', gateway.url, changed);
    const ids = await createJournals(gateway.url, 4);

    await control(sandbox, 'POST', 'streams', fault);
    ids.push(...(await createJournals(gateway.url, 6)));

    const seen = await events.take(30);
    expect(told(seen)).toEqual(walks(ids));
    expect(new Set(seen.map((event) => event.journalStatusChanged.id)).size).toBe(30);
  });

  it('of a new gateway tells nobody what happened before it began, however far back a new stream goes', async () => {
    const { gateway: old, sandbox } = await startBoth({ settleDelayMs: 0 });
    const before = await subscribe<Changed>('WebSocket', old.url, changed);
    await createJournals(old.url, 5);
    const after = (await before.take(15)).at(-1)?.journalStatusChanged.cursor;
    const gateway = await startGateway(sandbox.url);
    const resumed = await subscribe<Changed>('WebSocket', gateway.url, changed, { after });
    const streams = async () => (await control<{ streams: { open: number } }>(sandbox, 'GET', 'stats')).streams.open;
    await expect.poll(streams, { timeout: 5_000 }).toBe(2);

    await control(sandbox, 'POST', 'streams', { kind: 'cut' });
    const ids = await createJournals(gateway.url, 3);

    expect(told(await resumed.take(9))).toEqual(walks(ids));
  });

  it('tells apart what a new stream brings again', async () => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 0 });
    const events = await subscribe<Changed>('SSE', gateway.url, changed);
    const ids = await createJournals(gateway.url, 4);
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'duplicates', messages: 9, operations: ['eventsV2'] }],
    });

    await control(sandbox, 'POST', 'streams', { kind: 'cut' });
    ids.push(...(await createJournals(gateway.url, 4)));

    const seen = await events.take(24);
    expect(told(seen)).toEqual(walks(ids));
  });

  it('is one upstream stream, however many subscribe', async () => {
    const { gateway, sandbox } = await startBoth();

    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => subscribe(index % 2 ? 'SSE' : 'WebSocket', gateway.url, changed)),
    );

    const stats = await control<{ streams: { open: number } }>(sandbox, 'GET', 'stats');
    expect(all).toHaveLength(20);
    expect(stats.streams.open).toBe(1);
  });
});

describe('filters of a subscription', () => {
  it('let through what they name, by journal, entry type, status and account', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 0 });
    const filters = [
      { statusTo: ['EXECUTED'] },
      { entryType: 'JNLC', statusTo: ['QUEUED'] },
      { accountId: [customer], statusTo: ['SENT_TO_CLEARING'] },
    ];
    const silent = [{ entryType: 'JNLS' }, { statusTo: [] }, { accountId: [otherCustomer] }, { journalId: [customer] }];
    const open = (filter: object) => subscribe<Changed>('WebSocket', gateway.url, changed, { filter });
    const [speaking, quiet] = await Promise.all([Promise.all(filters.map(open)), Promise.all(silent.map(open))]);
    const heard: unknown[] = [];
    for (const events of quiet)
      void events.next().then(
        (event) => heard.push(event),
        () => undefined,
      );

    const ids = await createJournals(gateway.url, 3);

    const expected = ['EXECUTED', 'QUEUED', 'SENT_TO_CLEARING'];
    for (const [index, events] of speaking.entries()) {
      expect(told(await events.take(3))).toEqual(ids.map((id) => `${id} ${expected[index]}`).sort());
    }
    expect(heard).toEqual([]);
  });

  it('show a journal that is at least as new as its event', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 10 });
    const events = await subscribe<Changed>('WebSocket', gateway.url, changed);

    await createJournals(gateway.url, 5);

    for (const { journalStatusChanged } of await events.take(15)) {
      const shown = steps.indexOf(journalStatusChanged.journal?.status ?? '');
      expect(shown).toBeGreaterThanOrEqual(steps.indexOf(journalStatusChanged.statusTo));
    }
  });
});

describe('the journal of an event', () => {
  it('is as it is now for a subscriber who resumes later', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 30 });
    const after = await cursorOf(gateway.url);
    const live = await subscribe<Changed>('WebSocket', gateway.url, changed);
    await createJournals(gateway.url, 1);
    expect((await live.take(3)).at(-1)?.journalStatusChanged.journal?.status).toBe('EXECUTED');

    const now = async () => {
      const resumed = await subscribe<Changed>('WebSocket', gateway.url, changed, { after });
      const [first] = await resumed.take(1);
      await resumed.stop();
      return [first?.journalStatusChanged.statusTo, first?.journalStatusChanged.journal?.status];
    };

    await expect.poll(now, { timeout: 5_000 }).toEqual(['QUEUED', 'EXECUTED']);
  });
});

describe('the journals of events', () => {
  it('are read once per event, however many ask and whenever', async () => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 10 });
    const after = await cursorOf(gateway.url);
    const open = (index: number) =>
      subscribe<Changed>(index % 2 ? 'SSE' : 'WebSocket', gateway.url, changed, index % 3 ? { after } : {});
    const all = await Promise.all(Array.from({ length: 9 }, (_, index) => open(index)));
    await createJournals(gateway.url, 4);
    await Promise.all(all.map((events) => events.take(12)));

    await (await open(1)).take(12);

    const log = await control<{ operation: string }[]>(sandbox, 'GET', 'log');
    expect(log.filter(({ operation }) => operation === 'getJournal').length).toBeLessThanOrEqual(12);
  });
});

describe('a key that was used before a restart', () => {
  it('answers with the journal as it is now', async () => {
    const { gateway: old, sandbox } = await startBoth({ settleDelayMs: 0 });
    const create = `mutation { createJournal(
      input: { jnlc: { fromAccount: "${sweep}", toAccount: "${customer}", amount: "1" } }, idempotencyKey: "again"
    ) { ... on CreateJournalSuccess { journal { id status } } } }`;
    await ask(old.url, create);
    await old.close();

    const gateway = await startGateway(sandbox.url);
    const { data } = await ask(gateway.url, create);

    expect(data).toMatchObject({ createJournal: { journal: { status: 'EXECUTED' } } });
  });
});

describe("where the clock of the API is far from this machine's", () => {
  it.each([30_000, 86_400_000])('by %i ms, nothing is lost', async (advanceMs) => {
    const { gateway: old, sandbox } = await startBoth({ settleDelayMs: 0 });
    const before = await subscribe<Changed>('WebSocket', old.url, changed);
    await createJournals(old.url, 1);
    const after = (await before.take(1))[0]?.journalStatusChanged.cursor;
    await control(sandbox, 'POST', 'clock', { advanceMs });
    const ids = await createJournals(old.url, 1);
    const history = '{ journalStatusEvents(since: "2020-01-01T00:00:00Z") { nodes { id } } }';
    const { data } = await ask<{ journalStatusEvents: { nodes: unknown[] } }>(old.url, history);
    await old.close();

    const gateway = await startGateway(sandbox.url);
    const resumed = await subscribe<Changed>('WebSocket', gateway.url, changed, { after });
    ids.push(...(await createJournals(gateway.url, 1)));

    expect(data?.journalStatusEvents.nodes).toHaveLength(6);
    expect(told((await resumed.take(8)).slice(2))).toEqual(walks(ids));
  });
});
