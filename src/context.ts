import type { IdempotencyKeys } from './auth/IdempotencyKeys.ts';
import type { Principal } from './auth/principal.ts';
import type { Session } from './auth/Session.ts';
import type { StatusEvents } from './events/StatusEvents.ts';
import type { StatusMark } from './events/feed/StatusHub.ts';
import type { SubscriptionProgress } from './events/subscription/SubscriptionProgress.ts';
import type { EventJournals } from './loaders/EventJournals.ts';
import { createJournalLoader } from './loaders/journalLoader.ts';
import type { JournalLoader } from './loaders/journalLoader.ts';
import type { JournalSidesCache } from './loaders/JournalSidesCache.ts';
import type { SharedReads } from './loaders/SharedReads.ts';
import type { KeyUses } from './outcomes/KeyUses.ts';
import type { ReverseBatches } from './outcomes/ReverseBatches.ts';
import type { ApiClock } from './upstream/transport/ApiClock.ts';
import type { JournalsClient } from './upstream/journals/JournalsClient.ts';

/** The parts of the process that operations share. */
export interface SharedParts {
  /** What time it is for the API. */
  clock: ApiClock;
  journals: JournalsClient;
  sharedReads: SharedReads;
  keyUses: KeyUses;
  reverseBatches: ReverseBatches;
  statusEvents: StatusEvents;
  journalSides: JournalSidesCache;
  eventJournals: EventJournals;
  idempotencyKeys: IdempotencyKeys;
  /** Shown where the API states none. */
  firmCurrency: string;
}

/** What tells one operation from another. */
export interface OperationFacts {
  /** Who asks, for as long as that holds: a subscription ends with it. */
  session: Session;
  /**
   * Aborted when nobody waits for the answer any more, or when the operation's time is up (`DeadlineExceededError`). Reads
   * heed it; what moves money and has begun doesn't.
   */
  signal: AbortSignal | undefined;
  /** The cursor with which a client of server-sent events comes back; null where none is given. */
  lastEventId: string | null;
  /** What the transport learns of a subscription while it runs. */
  progress: SubscriptionProgress;
}

/** What one operation may use: nothing else is reachable from a resolver, and nothing is global. */
export interface OperationContext extends SharedParts, OperationFacts {
  /** The session's. */
  principal: Principal;
  /** Fields that were refused in this result: told once, however many rows they are asked on. */
  refusedFields: Set<string>;
  /** What its mutations were refused with, in order. */
  refusals: Error[];
  journalLoader: JournalLoader;
  /** Where the feed stood before any read of this operation; what the list then says is at least as new. */
  statusMark: StatusMark | null;
}

export function createContext(parts: SharedParts, facts: OperationFacts): OperationContext {
  const { principal } = facts.session;
  return {
    ...parts,
    ...facts,
    principal,
    refusedFields: new Set(),
    refusals: [],
    journalLoader: createJournalLoader(parts.sharedReads, principal, facts.signal),
    statusMark: parts.statusEvents.mark,
  };
}
