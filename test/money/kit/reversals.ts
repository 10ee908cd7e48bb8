import type { Journal } from '../../../src/domain/journal.ts';
import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import { richCustomers, sweep } from '../../kit/accounts.ts';
import { control } from '../../kit/control.ts';
import { openJournalsClient } from '../../kit/openJournalsClient.ts';

import type { Verdict } from './doWork.ts';
import type { Work } from './Work.ts';

/** Creates executed cash journals and returns their ids. The sandbox must execute journals immediately. */
export async function executedJournals(sandbox: Sandbox, count: number): Promise<string[]> {
  const entries = Array.from({ length: count }, (_, index) => ({
    toAccount: richCustomers[index % richCustomers.length] ?? '',
    amount: '0.01',
    description: `original-${index}`,
  }));
  const items = await openJournalsClient(sandbox.url).createBatch({ fromAccount: sweep, entries }, 'originals');
  return items.map(({ journal }) => journal.id);
}

/** Returns two reversals of each journal, as two clients request them independently. */
export function reversalsOf(ids: readonly string[]): Work[] {
  return ids.flatMap((id) =>
    ['first', 'second'].map((description) => ({
      name: 'reverseJournal' as const,
      variables: { id, description },
      descriptions: [],
    })),
  );
}

/** Returns the errors: journals without exactly one reversal, and results that name a different reversal. */
export async function findWrongReversals(
  sandbox: Sandbox,
  ids: readonly string[],
  verdicts: readonly Verdict[],
): Promise<string[]> {
  await control(sandbox, 'DELETE', 'faults');
  const { journals } = await openJournalsClient(sandbox.url).list({ limit: 100_000 });
  const originals = new Map(journals.map((journal) => [journal.id, journal]));
  const reversals = new Map<string, Journal[]>();
  for (const journal of journals) {
    const [, id] = /^Reversal of journal ([0-9a-f-]{36}): /.exec(journal.description ?? '') ?? [];
    if (id !== undefined) reversals.set(id, [...(reversals.get(id) ?? []), journal]);
  }
  const wrongReversals = ids.flatMap((id) => {
    const [original, [reversal, ...doubles]] = [originals.get(id), reversals.get(id) ?? []];
    if (!reversal) return [`${id} has no reversal`];
    if (doubles.length > 0) return [`${id} has ${1 + doubles.length} reversals`];
    const isMirror = reversal.fromAccount === original?.toAccount && reversal.toAccount === original.fromAccount;
    return isMirror ? [] : [`${id} is not mirrored`];
  });
  const wrongResults = verdicts.flatMap(({ reported, result, work: { variables } }) => {
    const [made] = reversals.get(String(variables['id'])) ?? [];
    return reported === 'done' && result.reversal?.id === made?.id
      ? []
      : [`${String(variables['id'])}: reported ${reported}`];
  });
  return [...wrongReversals, ...wrongResults];
}
