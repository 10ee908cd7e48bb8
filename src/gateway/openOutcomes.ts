import type { Part } from '../concurrency/closeAll.ts';
import type { GatewayConfig } from '../config/readConfig.ts';
import { messageOf } from '../errors/messageOf.ts';
import { invalidConfiguration } from '../errors/SetupError.ts';
import type { StatusEvents } from '../events/StatusEvents.ts';
import type { Log } from '../log.ts';
import { DailyCaps } from '../outcomes/DailyCaps.ts';
import type { FileOutcomeStore } from '../outcomes/FileOutcomeStore.ts';
import { KeyUses } from '../outcomes/KeyUses.ts';
import type { OutcomeStore } from '../outcomes/OutcomeStore.ts';
import { RedisOutcomeStore } from '../outcomes/RedisOutcomeStore.ts';
import { ReverseBatches } from '../outcomes/ReverseBatches.ts';
import { SharedKeyUses } from '../outcomes/SharedKeyUses.ts';
import type { Sharing } from '../redis/Sharing.ts';

import type { Upstream } from './openUpstream.ts';

export interface Outcomes {
  store: OutcomeStore;
  dailyCaps: DailyCaps;
  reverseBatches: ReverseBatches;
  keyUses: KeyUses;
  /** Time until reverse batches may be sent, in ms. */
  opensInMs: number;
}

interface OutcomesParts {
  opened: Part[];
  upstream: Upstream;
  events: StatusEvents;
  sharing: Sharing | null;
  log: Log;
}

/** Opens the records of mutations, in Redis, in a file or in memory. @throws SetupError */
export async function openOutcomes(
  config: GatewayConfig,
  { opened, upstream: { journals: client, clock }, events, sharing, log }: OutcomesParts,
): Promise<Outcomes> {
  const shared = sharing && new RedisOutcomeStore(sharing);
  const opensInMs = (await shared?.start()) ?? 0;
  const store = shared ?? (await openStore(config, log));
  opened.push(['the outcome store', () => store.close()]);
  const dailyCaps = new DailyCaps({ ledger: store.spending, clock, log });
  const reverseBatches = new ReverseBatches({
    client,
    store,
    shared,
    clock,
    readEvents: (range, signal) => events.eventsSince(range, signal),
    log,
    settleMs: config.outcomes.settleMs,
    onNotDone: ({ scope: principal, idempotencyKey }) =>
      void dailyCaps.releaseLost({ principal, mutation: 'createReverseBatchJournal', idempotencyKey }),
  });
  opened.push(['the search for reverse batches', () => reverseBatches.close()]);
  await reverseBatches.start();
  const keyUses = new KeyUses(clock, sharing ? new SharedKeyUses(sharing.redis) : undefined);
  return { store, dailyCaps, reverseBatches, keyUses, opensInMs };
}

/** Opens the outcome store of a gateway without Redis. SQLite is loaded only for this store. */
async function openStore({ outcomes: { file }, upstream }: GatewayConfig, log: Log): Promise<FileOutcomeStore> {
  if (file === null && upstream.kind !== 'sandbox') {
    log.warn(
      'OUTCOMES_FILE is not set: outcomes of reverse batches and the use of daily caps are lost with the process',
    );
  }
  const { FileOutcomeStore } = await import('../outcomes/FileOutcomeStore.ts');
  try {
    return new FileOutcomeStore(file);
  } catch (error) {
    throw invalidConfiguration([
      `OUTCOMES_FILE: can't be opened or read, or is in use by another process: ${messageOf(error)}`,
    ]);
  }
}
