import { describe, expect, it } from 'vitest';

import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { control } from '../kit/control.ts';
import { createJournals } from '../kit/createJournals.ts';
import { startBoth, startGateway } from '../kit/startGateway.ts';
import { subscribe } from '../kit/subscribe.ts';

import { cursorOf } from './kit/cursors.ts';

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

function everyChange(ids: string[]): string[] {
  return ids.flatMap((id) => steps.map((step) => `${id} ${step}`)).sort();
}

function changesIn(events: Changed[]): string[] {
  return events.map(({ journalStatusChanged: { journalId, statusTo } }) => `${journalId} ${statusTo}`).sort();
}

describe.each(['WebSocket', 'SSE'] as const)('a subscription after a cursor over %s', (transport) => {
  it('receives the later events of the event window, then live events', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 0 });
    await createJournals(gateway.url, 2);
    const after = await cursorOf(gateway.url);
    const missed = await createJournals(gateway.url, 3);

    const events = await subscribe<Changed>(transport, gateway.url, changed, { after });
    const live = await createJournals(gateway.url, 2);

    expect(changesIn(await events.take(15))).toEqual(everyChange([...missed, ...live]));
  });

  it('receives missed events from the API on a new gateway', async () => {
    const { gateway: old, sandbox } = await startBoth({ settleDelayMs: 0 });
    const before = await subscribe<Changed>(transport, old.url, changed);
    await createJournals(old.url, 2);
    const after = (await before.take(6)).at(-1)?.journalStatusChanged.cursor;
    const missed = await createJournals(old.url, 30);
    await old.close();

    const gateway = await startGateway(sandbox.url);
    const events = await subscribe<Changed>(transport, gateway.url, changed, { after });
    const live = await createJournals(gateway.url, 3);

    expect(changesIn(await events.take(99))).toEqual(everyChange([...missed, ...live]));
  });

  it('resumes after any event, even between two events of one journal or of one millisecond', async () => {
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

  it('misses nothing if the cursor was read together with a list', async () => {
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

  it('ends with CURSOR_EXPIRED and the cursor if the API no longer retains its event', async () => {
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
    ['its stream is cut', { kind: 'cut' }],
    ['the API fails with an internal error', { kind: 'internalError' }],
    ['messages are dropped', { kind: 'dropped', messages: 4 }],
  ])('neither loses nor duplicates an event when %s', async (_what, fault) => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 0 });
    const events = await subscribe<Changed>('WebSocket', gateway.url, changed);
    const ids = await createJournals(gateway.url, 4);

    await control(sandbox, 'POST', 'streams', fault);
    ids.push(...(await createJournals(gateway.url, 6)));

    const seen = await events.take(30);
    expect(changesIn(seen)).toEqual(everyChange(ids));
    expect(new Set(seen.map((event) => event.journalStatusChanged.id)).size).toBe(30);
  });

  it('of a new gateway delivers no event from before its startup, even when a new stream begins earlier', async () => {
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

    expect(changesIn(await resumed.take(9))).toEqual(everyChange(ids));
  });

  it('drops duplicates that a new stream sends', async () => {
    const { gateway, sandbox } = await startBoth({ settleDelayMs: 0 });
    const events = await subscribe<Changed>('SSE', gateway.url, changed);
    const ids = await createJournals(gateway.url, 4);
    await control(sandbox, 'PUT', 'faults', {
      faults: [{ kind: 'duplicates', messages: 9, operations: ['eventsV2'] }],
    });

    await control(sandbox, 'POST', 'streams', { kind: 'cut' });
    ids.push(...(await createJournals(gateway.url, 4)));

    const seen = await events.take(24);
    expect(changesIn(seen)).toEqual(everyChange(ids));
  });

  it('opens one upstream stream, regardless of the number of subscribers', async () => {
    const { gateway, sandbox } = await startBoth();

    const all = await Promise.all(
      Array.from({ length: 20 }, (_, index) => subscribe(index % 2 ? 'SSE' : 'WebSocket', gateway.url, changed)),
    );

    const stats = await control<{ streams: { open: number } }>(sandbox, 'GET', 'stats');
    expect(all).toHaveLength(20);
    expect(stats.streams.open).toBe(1);
  });
});

describe('the filter of a subscription', () => {
  it('selects events by journal, entry type, status and account', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 0 });
    const filters = [
      { statusTo: ['EXECUTED'] },
      { entryType: 'JNLC', statusTo: ['QUEUED'] },
      { accountId: [customer], statusTo: ['SENT_TO_CLEARING'] },
    ];
    const unmatched = [
      { entryType: 'JNLS' },
      { statusTo: [] },
      { accountId: [otherCustomer] },
      { journalId: [customer] },
    ];
    const open = (filter: object) => subscribe<Changed>('WebSocket', gateway.url, changed, { filter });
    const [matching, silent] = await Promise.all([Promise.all(filters.map(open)), Promise.all(unmatched.map(open))]);
    const unexpected: unknown[] = [];
    for (const events of silent)
      void events.next().then(
        (event) => unexpected.push(event),
        () => undefined,
      );

    const ids = await createJournals(gateway.url, 3);

    const expected = ['EXECUTED', 'QUEUED', 'SENT_TO_CLEARING'];
    for (const [index, events] of matching.entries()) {
      expect(changesIn(await events.take(3))).toEqual(ids.map((id) => `${id} ${expected[index]}`).sort());
    }
    expect(unexpected).toEqual([]);
  });
});

describe('the journal of an event', () => {
  it('is at least as recent as the event', async () => {
    const { gateway } = await startBoth({ settleDelayMs: 10 });
    const events = await subscribe<Changed>('WebSocket', gateway.url, changed);

    await createJournals(gateway.url, 5);

    for (const { journalStatusChanged } of await events.take(15)) {
      const shown = steps.indexOf(journalStatusChanged.journal?.status ?? '');
      expect(shown).toBeGreaterThanOrEqual(steps.indexOf(journalStatusChanged.statusTo));
    }
  });

  it('is current for a subscriber who resumes later', async () => {
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

  it('is read once, regardless of how many subscribers ask for it and when', async () => {
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

describe('an idempotency key that was used before a restart', () => {
  it('returns the journal in its current state', async () => {
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

describe('a gateway whose clock differs from that of the API', () => {
  it.each([30_000, 86_400_000])('loses no event at a difference of %i ms', async (advanceMs) => {
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
    expect(changesIn((await resumed.take(8)).slice(2))).toEqual(everyChange(ids));
  });
});
