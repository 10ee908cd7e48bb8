import type { Sandbox } from '../../../src/sandbox/createSandbox.ts';
import { control } from '../../kit/control.ts';
import { openJournalsClient } from '../../kit/openJournalsClient.ts';

import type { Verdict } from './doWork.ts';

export interface Audit {
  asked: number;
  done: number;
  doneAtFirst: number;
  refused: number;
  notDone: number;
  unknown: number;
  /** The number of journals in the ledger. */
  journals: number;
  /** The number of calls to the upstream per mutation. */
  attempts: number;
  /** Results that contradict the ledger. There must be none. */
  wrong: string[];
}

interface LogEntry {
  operation: string;
  arrivedAt: number;
}

/** Compares the clients' results with the sandbox's ledger, journal by journal. */
export async function audit(sandbox: Sandbox, verdicts: readonly Verdict[], sinceMs = 0): Promise<Audit> {
  await control(sandbox, 'DELETE', 'faults');
  const { journals } = await openJournalsClient(sandbox.url).list({ limit: 100_000 });
  const byDescription = new Map<string, string[]>();
  for (const { id, description } of journals) {
    byDescription.set(description ?? '', [...(byDescription.get(description ?? '') ?? []), id]);
  }
  const statuses = new Map(journals.map(({ id, status }) => [id, status]));
  const log = await control<LogEntry[]>(sandbox, 'GET', 'log');
  const writes = log.filter(({ operation, arrivedAt }) => arrivedAt >= sinceMs && /^(create|delete)/.test(operation));
  const count = (reported: Verdict['reported']) => verdicts.filter((verdict) => verdict.reported === reported).length;
  return {
    asked: verdicts.length,
    done: count('done'),
    doneAtFirst: verdicts.filter(({ reported, asked }) => reported === 'done' && asked === 1).length,
    refused: count('refused'),
    notDone: count('notDone'),
    unknown: count('unknown'),
    journals: journals.length,
    attempts: writes.length / verdicts.length,
    wrong: verdicts.flatMap((verdict) => wrongResultsOf(verdict, byDescription, statuses)),
  };
}

function wrongResultsOf(
  { work, reported, result }: Verdict,
  byDescription: Map<string, string[]>,
  statuses: Map<string, string>,
): string[] {
  const { descriptions, journalId } = work;
  if (journalId !== undefined) {
    const status = statuses.get(journalId);
    return (reported === 'done') === (status === 'canceled') || reported === 'unknown'
      ? []
      : [`${journalId}: ${reported}, but ${status}`];
  }
  const made = descriptions.map((description) => byDescription.get(description) ?? []);
  const name = descriptions[0];
  if (made.some((ids) => ids.length > 1)) return [`${name}: created twice`];
  const exists = made.every((ids) => ids.length === 1);
  const isNothing = made.every((ids) => ids.length === 0);
  if (!exists && !isNothing) return [`${name}: only some of its journals exist`];
  if (reported === 'unknown') return [];
  if ((reported === 'done') !== exists) return [`${name}: reported ${reported}, exists: ${exists}`];
  const named = [result.journal, ...(result.results ?? []).map(({ journal }) => journal)].flatMap(
    (journal) => journal?.id ?? [],
  );
  const isNamed =
    reported !== 'done' || (named.length === made.length && made.flat().every((id) => named.includes(id)));
  return isNamed ? [] : [`${name}: the result names other journals`];
}
