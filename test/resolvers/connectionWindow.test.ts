import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import type { Journal } from '../../src/domain/journal.ts';
import type { Connection } from '../../src/resolvers/paging/Connection.ts';
import { connectionWindow } from '../../src/resolvers/paging/connectionWindow.ts';
import { comparePlaces, placeOf } from '../../src/resolvers/paging/journalOrder.ts';
import type { ConnectionArguments } from '../../src/resolvers/paging/pageArguments.ts';
import { JournalHistory, journalWithNumber } from '../kit/JournalHistory.ts';
import type { KeptJournal } from '../kit/JournalHistory.ts';

const today = '2026-11-20';
const nowMs = Date.parse(`${today}T12:00:00Z`);
const dayMs = 86_400_000;

function page(history: JournalHistory, args: ConnectionArguments, probeLimit?: number): Promise<Connection<Journal>> {
  const readSlice = (bounds: Parameters<JournalHistory['list']>[0]) => Promise.resolve(history.list(bounds));
  return connectionWindow(args, readSlice, { oldest: null, newest: null }, { today, probeLimit });
}

function evenly(count: number, everyMs: number): KeptJournal[] {
  return Array.from({ length: count }, (_, index) => {
    const createdMs = nowMs - index * everyMs;
    return { journal: journalWithNumber(index, new Date(createdMs).toISOString()), createdMs };
  });
}

function inOrder(journals: Journal[]): string[] {
  return [...journals].sort((one, other) => comparePlaces(placeOf(one), placeOf(other))).map(({ id }) => id);
}

const plain = { dates: 'inclusive', zoneHours: 0, order: (journals: Journal[]) => journals } as const;

describe('a walk over pages', () => {
  /** Ages in days. They are close together, so that instants coincide, or far apart, so that windows have to widen. */
  const age = fc.oneof(fc.constant(0), fc.double({ min: 0, max: 3, noNaN: true }), fc.integer({ min: 0, max: 3_000 }));
  const history = fc.record({
    ages: fc.array(age, { minLength: 0, maxLength: 60 }),
    undatedCount: fc.integer({ min: 0, max: 4 }),
    isAllUndated: fc.boolean(),
    dates: fc.constantFrom('inclusive' as const, 'exclusive' as const),
    zoneHours: fc.integer({ min: -12, max: 14 }),
    seed: fc.integer(),
    pageSize: fc.integer({ min: 1, max: 9 }),
    probeLimit: fc.integer({ min: 2, max: 80 }),
  });
  type Case = typeof history extends fc.Arbitrary<infer Value> ? Value : never;

  function build({ ages, undatedCount, isAllUndated, dates, zoneHours, seed }: Case): JournalHistory {
    const kept = ages.map((days, number): KeptJournal => {
      const createdMs = nowMs - Math.round(days * dayMs);
      return { journal: journalWithNumber(number, isAllUndated ? null : new Date(createdMs).toISOString()), createdMs };
    });
    // An undated journal counts as just created.
    for (let number = 0; number < undatedCount; number += 1) {
      kept.push({ journal: journalWithNumber(1_000 + number, null), createdMs: nowMs });
    }
    return new JournalHistory(kept, { dates, zoneHours, order: shuffledBy(seed) });
  }

  /**
   * Creates a journal and changes the status of another, between two pages. The number of calls must be limited,
   * because a walk with small pages would otherwise never get past the new journals.
   */
  function disturb(history: JournalHistory, round: number, { isAllUndated }: Case): void {
    const createdMs = nowMs + 1_000 + round;
    const createdAt = isAllUndated ? null : new Date(createdMs).toISOString();
    history.kept.push({ journal: journalWithNumber(5_000 + round, createdAt), createdMs });
    const moved = history.kept[round % history.kept.length];
    if (moved) moved.journal = { ...moved.journal, status: 'executed', rawStatus: 'executed' };
  }

  it('forward finds each journal that existed at its start exactly once, in order', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (generated) => {
        const journals = build(generated);
        const expected = inOrder(journals.kept.map(({ journal }) => journal));
        const seen: string[] = [];
        let after: string | null = null;

        for (let round = 0; ; round += 1) {
          const { edges, pageInfo }: Connection<Journal> = await page(
            journals,
            { first: generated.pageSize, after },
            generated.probeLimit,
          );
          seen.push(...edges.map(({ node }) => node.id));
          expect(pageInfo.hasPreviousPage).toBe(round > 0);
          expect(pageInfo.hasNextPage).toBe(isAnyBehind(journals, edges.at(-1)?.node));
          if (!pageInfo.hasNextPage) break;
          after = pageInfo.endCursor;
          if (round < 20) disturb(journals, round, generated);
        }

        // New journals come after the undated ones, so they may appear on a page.
        expect(seen.filter((id) => expected.includes(id))).toEqual(expected);
        expect(new Set(seen).size).toBe(seen.length);
      }),
      { numRuns: 400, seed: 20_261_120, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: true },
    );
  });

  it('backward from the end finds the same journals in reverse', async () => {
    await fc.assert(
      fc.asyncProperty(history, async (generated) => {
        const journals = build(generated);
        const all = await page(journals, { first: 500 }, generated.probeLimit);
        const expected = all.edges.map(({ node }) => node.id);
        const end = all.pageInfo.endCursor;
        if (end === null) return;
        const seen = [expected.at(-1)];
        let before: string | null = end;

        for (let round = 0; before !== null; round += 1) {
          const { edges, pageInfo }: Connection<Journal> = await page(
            journals,
            { last: generated.pageSize, before },
            generated.probeLimit,
          );
          const ids = edges.map(({ node }) => node.id).filter((id) => expected.includes(id));
          seen.unshift(...ids);
          expect(pageInfo.hasNextPage).toBe(true);
          // Before the newest journal of the start come those that the walk itself creates.
          before = pageInfo.hasPreviousPage && seen.length < expected.length ? pageInfo.startCursor : null;
          if (round < 20) disturb(journals, round, generated);
        }

        expect(seen).toEqual(expected);
      }),
      { numRuns: 400, seed: 20_261_120, interruptAfterTimeLimit: 15_000, markInterruptAsFailure: true },
    );
  });
});

describe('the first page', () => {
  it('takes one call for a short history', async () => {
    const history = new JournalHistory(evenly(200, dayMs), plain);

    const { edges } = await page(history, { first: 50 });

    expect(edges).toHaveLength(50);
    expect(history.calls).toBe(1);
  });

  // The figures of docs/lists.md: the number of calls and of journals read.
  it.each([
    ['one day', 100, 2, 101_000],
    ['three months', 80_000, 2, 3_701],
    ['ten years', 3_000_000, 3, 1_261],
  ])(
    'of 100,000 journals over %s takes few calls and reads the newest days only',
    async (_spread, everyMs, calls, read) => {
      const history = new JournalHistory(evenly(100_000, everyMs), plain);

      const { edges, pageInfo } = await page(history, { first: 50 });

      expect(edges.map(({ node }) => node.id)).toEqual(
        inOrder(history.kept.slice(0, 50).map(({ journal }) => journal)),
      );
      expect(pageInfo.hasNextPage).toBe(true);
      expect([history.calls, history.read]).toEqual([calls, read]);
    },
  );

  it('is found in a bounded number of calls if the newest journal is years old', async () => {
    const old = evenly(5_000, 60_000).map(({ journal, createdMs }) => {
      const moved = createdMs - 2_000 * dayMs;
      return { journal: { ...journal, createdAt: new Date(moved).toISOString() }, createdMs: moved };
    });
    const history = new JournalHistory(old, plain);

    const { edges } = await page(history, { first: 50 });

    expect(edges).toHaveLength(50);
    expect(history.calls).toBeLessThanOrEqual(30);
  });
});

describe('page arguments', () => {
  const history = new JournalHistory(evenly(3, dayMs), plain);
  const foreign = Buffer.from(JSON.stringify(['e1', '2026-11-20T00:00:00.000Z'])).toString('base64url');

  it.each([
    [{ first: 501 }, 'first is 501, at most 500'],
    [{ first: -1 }, 'first is -1, at least 0'],
    [{ first: 1, last: 1 }, 'expected first or last, found both'],
    [{ last: 1 }, 'last needs before'],
    [{ last: 501, before: 'x' }, 'last is 501, at most 500'],
    [{ after: 'nonsense' }, 'after is not a cursor of a journal'],
    [{ after: '' }, 'after is not a cursor of a journal'],
    [{ after: foreign }, 'after is not a cursor of a journal'],
    [{ last: 1, before: foreign }, 'before is not a cursor of a journal'],
  ])('are refused when they are %j: %s', async (args, message) => {
    await expect(page(history, args)).rejects.toThrow(message);
  });

  it('return an empty page with a correct hasNextPage when first is 0', async () => {
    const { edges, pageInfo } = await page(history, { first: 0 });

    expect(edges).toEqual([]);
    expect(pageInfo).toEqual({ hasNextPage: true, hasPreviousPage: false, startCursor: null, endCursor: null });
  });
});

function isAnyBehind(history: JournalHistory, last: Journal | undefined): boolean {
  return last !== undefined && history.kept.some(({ journal }) => comparePlaces(placeOf(journal), placeOf(last)) > 0);
}

/** A deterministic shuffle, different for each call. */
function shuffledBy(seed: number): (journals: Journal[]) => Journal[] {
  let state = seed | 0;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    return (state >>> 0) / 2 ** 32;
  };
  return (journals) => {
    const shuffled = [...journals];
    for (let index = shuffled.length - 1; index > 0; index -= 1) {
      const other = Math.floor(random() * (index + 1));
      [shuffled[index], shuffled[other]] = [shuffled[other] as Journal, shuffled[index] as Journal];
    }
    return shuffled;
  };
}
