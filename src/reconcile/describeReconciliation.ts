import type { Reconciliation } from './Reconciliation.ts';

type Cells = readonly string[];

/** Formats a reconciliation as text, with one table for each kind of finding. */
export function describeReconciliation(found: Reconciliation): string {
  const { since, until, journals, withoutEvents, unreadable, differences, doubles, unknownReverseBatches } = found;
  const without = withoutEvents === 0 ? '' : `, ${withoutEvents} of them without events`;
  const sections = [
    `${since} to ${until}: ${journals} journals${without}`,
    section(
      'status differs from the last event',
      ['journal', 'status', 'last event', 'at'],
      differences.map(({ journalId, status, lastEvent, lastEventAt }) => [
        journalId,
        status ?? '(not found)',
        lastEvent,
        lastEventAt,
      ]),
    ),
    section(
      'possible doubles',
      ['amount', 'from', 'to', 'journal', 'status', 'created', 'description'],
      doubles.flatMap(({ amount, fromAccount, toAccount, description, journals: run }) =>
        run.map(({ journalId, status, createdAt }) => [
          amount,
          fromAccount,
          toAccount,
          journalId,
          status,
          createdAt,
          JSON.stringify(description ?? ''),
        ]),
      ),
    ),
    unknownReverseBatches === null
      ? 'reverse batches of unknown outcome: not checked: OUTCOMES_FILE is not set, or not used because of REDIS_URL'
      : section(
          'reverse batches of unknown outcome',
          ['key', 'principal', 'state', 'sent', 'request'],
          unknownReverseBatches.map(({ idempotencyKey, principal, state, intendedAt, requestId }) => [
            idempotencyKey,
            principal,
            state,
            intendedAt,
            requestId ?? '',
          ]),
        ),
    section(
      'unreadable journals',
      ['journal', 'problem'],
      unreadable.map(({ id, problem }) => [id ?? '?', problem]),
    ),
  ];
  return `${sections.join('\n\n')}\n`;
}

function section(name: string, head: Cells, rows: readonly Cells[]): string {
  if (rows.length === 0) return `${name}: none`;
  // There may be more rows than a function may have arguments.
  const widths = head.map((name, column) =>
    rows.reduce((width, cells) => Math.max(width, cells[column]?.length ?? 0), name.length),
  );
  const lines = [head, ...rows].map((cells) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${name}: ${rows.length}\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
