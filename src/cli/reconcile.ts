import { closeAll } from '../concurrency/closeAll.ts';
import type { Part } from '../concurrency/closeAll.ts';
import { readConfig } from '../config/readConfig.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import { isCalendarDate } from '../domain/calendarDate.ts';
import { messageOf } from '../errors/messageOf.ts';
import { SetupError } from '../errors/SetupError.ts';
import { SharedReplays } from '../events/replay/SharedReplays.ts';
import { StatusHistory } from '../events/replay/StatusHistory.ts';
import { openUpstream } from '../gateway/openUpstream.ts';
import { createLog } from '../log.ts';
import { describeReconciliation } from '../reconcile/describeReconciliation.ts';
import { reconcile as reconcileDays } from '../reconcile/reconcile.ts';
import { hasFindings } from '../reconcile/Reconciliation.ts';
import type { ReconciledDays, Reconciliation } from '../reconcile/Reconciliation.ts';

import { parseFlags } from './parseFlags.ts';

const help = `journals-gateway reconcile: compares journals with their status events

Usage:
  journals-gateway reconcile --since DAY [--until DAY] [--json]

  --since DAY   first day (UTC), such as 2026-11-29
  --until DAY   last day (default: today)
  --json        print JSON

Finds journals whose status differs from their last event, reverse batches of unknown outcome, possible doubles (same
accounts, amount and description within a minute), and journals that can't be read. Changes nothing. Reads the
environment of serve; OUTCOMES_FILE may be in use by a running gateway. With REDIS_URL, reverse batches are not checked.

Exit code: 0 if nothing was found, 1 if something was found, 2 if the comparison failed or the usage is invalid.
`;

const options = {
  since: { type: 'string' },
  until: { type: 'string' },
  json: { type: 'boolean' },
} as const;

/** Prints what was found to stdout. @throws SetupError */
export async function reconcile(argv: string[]): Promise<void> {
  const flags = parseFlags(argv, options, help);
  if (!flags) return;
  const days = readDays(flags.since, flags.until ?? new Date().toISOString().slice(0, 10));
  const found = await compare(readConfig(process.env), days);
  process.stdout.write(flags.json ? `${JSON.stringify(found, null, 2)}\n` : describeReconciliation(found));
  process.exitCode = hasFindings(found) ? 1 : 0;
}

function readDays(since: string | undefined, until: string): ReconciledDays {
  if (since === undefined) throw new SetupError(`--since: missing, the first day\n\n${help}`);
  const [invalid] = Object.entries({ since, until }).filter(([, day]) => !isCalendarDate(day));
  if (invalid) throw new SetupError(`--${invalid.join(': expected a day such as 2026-11-29, found ')}`);
  if (since > until) throw new SetupError(`--since: ${since} is after ${until}`);
  return { since, until };
}

async function compare(config: GatewayConfig, days: ReconciledDays): Promise<Reconciliation> {
  if (config.upstream.kind !== 'remote') throw new TypeError('there is no sandbox without its flag');
  const log = createLog(config.logLevel);
  const opened: Part[] = [];
  const api = openUpstream(config.upstream.remote, { opened, observers: [], sharing: null, log });
  const stopping = new AbortController();
  const stop = () => stopping.abort();
  process.once('SIGINT', stop).once('SIGTERM', stop);
  try {
    return await reconcileDays(days, {
      journals: api.journals,
      history: new StatusHistory(new SharedReplays(api.statusEvents), api.clock, log),
      outcomesFile: config.redis ? null : config.outcomes.file,
      signal: stopping.signal,
    });
  } catch (error) {
    throw new SetupError(`the comparison failed: ${messageOf(error)}`);
  } finally {
    await closeAll(opened.toReversed());
  }
}
