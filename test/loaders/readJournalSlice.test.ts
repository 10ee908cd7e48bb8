import { describe, expect, it } from 'vitest';

import { anyone } from '../../src/auth/principal.ts';
import type { Principal } from '../../src/auth/principal.ts';
import { readJournalSlice } from '../../src/loaders/readJournalSlice.ts';
import type { JournalSelection, SliceBounds } from '../../src/loaders/readJournalSlice.ts';
import { SharedReads } from '../../src/loaders/SharedReads.ts';
import type { WireJournal } from '../../src/upstream/wire/apiBodies.ts';
import { customer, otherCustomer, sweep } from '../kit/accounts.ts';
import { openJournalsClient } from '../kit/openJournalsClient.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';
import { wireJNLC } from '../kit/wireJournals.ts';

const everything: JournalSelection = { sides: [{}] };
const unbounded: SliceBounds = { after: null, before: null, limit: 100 };

interface Reading {
  selection?: Partial<JournalSelection>;
  bounds?: Partial<SliceBounds>;
  principal?: Principal;
}

/** Reads a slice from an API that responds to each query with the result of this function. */
async function read(answer: (query: Record<string, string>) => WireJournal[], reading: Reading = {}) {
  const stub = await StubUpstream.start((seen, response) => json(200, answer(queryOf(seen.url)))(seen, response));
  const reader = {
    shared: new SharedReads(openJournalsClient(stub.url), () => null),
    principal: reading.principal ?? anyone,
    signal: undefined,
  };
  const list = await readJournalSlice(
    reader,
    { ...everything, ...reading.selection },
    { ...unbounded, ...reading.bounds },
  );
  return { ...list, ids: list.journals.map(({ id }) => id), queries: stub.calls.map(({ url }) => queryOf(url)) };
}

function queryOf(url: string): Record<string, string> {
  return Object.fromEntries(new URL(url, 'http://stub').searchParams);
}

describe('readJournalSlice', () => {
  it('requests everything within its bounds with one call', async () => {
    const { queries } = await read(() => [], { bounds: { after: '2026-10-01', before: '2026-10-31', limit: 7 } });

    expect(queries).toEqual([{ after: '2026-10-01', before: '2026-10-31', limit: '7' }]);
  });

  it('requests statuses one after another, in the order in which journals pass through them', async () => {
    const { queries } = await read(() => [], { selection: { status: ['correct', 'executed', 'queued', 'pending'] } });

    expect(queries.map(({ status }) => status)).toEqual(['queued', 'pending', 'executed', 'correct']);
  });

  it('returns a journal whose status changes during the reads once, in its later state', async () => {
    const { journals } = await read(
      ({ status = '' }) => [wireJNLC({ id: 'moved', status }), wireJNLC({ id: `only ${status}`, status })],
      { selection: { status: ['queued', 'executed'] } },
    );

    expect(journals.map(({ id, status }) => [id, status]).sort()).toEqual([
      ['moved', 'executed'],
      ['only executed', 'executed'],
      ['only queued', 'queued'],
    ]);
  });

  it('finds unknown statuses and types in a list of all journals and never requests them', async () => {
    const { ids, queries } = await read(
      () => [
        wireJNLC({ id: 'frozen', status: 'frozen' }),
        { ...wireJNLC({ id: 'strange', status: 'frozen' }), entry_type: 'JNLX' },
        wireJNLC({ id: 'queued' }),
      ],
      { selection: { status: ['unknown', 'executed'], entryType: 'UNKNOWN' } },
    );

    expect(ids).toEqual(['strange']);
    expect(queries).toEqual([{ limit: '100' }]);
  });

  it('requests both sides of an account and returns a journal that is on both once', async () => {
    const both = { from_account: sweep, to_account: sweep };

    const { ids, queries } = await read(
      ({ from_account }) => [
        wireJNLC({ id: 'both', ...both }),
        from_account === undefined
          ? wireJNLC({ id: 'in', from_account: customer, to_account: sweep })
          : wireJNLC({ id: 'out', from_account: sweep, to_account: customer }),
      ],
      { selection: { sides: [{ fromAccount: sweep }, { toAccount: sweep }] } },
    );

    expect(ids.sort()).toEqual(['both', 'in', 'out']);
    expect(queries).toHaveLength(2);
  });

  it('filters the journals itself as well', async () => {
    const { ids } = await read(
      () => [
        wireJNLC({ id: 'right', created_at: '2026-10-10T00:00:00Z' }),
        wireJNLC({ id: 'too early', created_at: '2026-10-09T23:59:59.999999Z' }),
        wireJNLC({ id: 'too late', created_at: '2026-10-12T00:00:00Z' }),
        wireJNLC({ id: 'late in UTC only', created_at: '2026-10-11T20:00:00-05:00' }),
        wireJNLC({ id: 'on the last day', created_at: '2026-10-11T23:59:59.999999Z' }),
        wireJNLC({ id: 'undated', created_at: null }),
        wireJNLC({ id: 'other status', status: 'pending' }),
        wireJNLC({ id: 'other payer', from_account: otherCustomer }),
        wireJNLC({ id: 'in upper case', from_account: sweep.toUpperCase() }),
      ],
      {
        selection: {
          createdAfter: '2026-10-10',
          createdBefore: '2026-10-11',
          status: ['queued'],
          entryType: 'JNLC',
          sides: [{ fromAccount: sweep, toAccount: customer }],
        },
      },
    );

    expect(ids).toEqual(['right', 'on the last day', 'undated', 'in upper case']);
  });

  it('is incomplete if any of its lists is', async () => {
    const { complete } = await read(({ status }) => (status === 'queued' ? [wireJNLC(), wireJNLC()] : []), {
      selection: { status: ['queued', 'executed'] },
      bounds: { limit: 2 },
    });

    expect(complete).toBe(false);
  });

  it('omits journals that the principal may not see', async () => {
    const principal = { ...anyone, accounts: new Set([customer]) };

    const { ids } = await read(
      () => [wireJNLC({ id: 'own', to_account: customer }), wireJNLC({ id: 'foreign', to_account: otherCustomer })],
      { principal },
    );

    expect(ids).toEqual(['own']);
  });
});
