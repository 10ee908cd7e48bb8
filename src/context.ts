import type { Principal } from './auth/principal.ts';
import type { StatusEvents } from './events/StatusEvents.ts';
import type { StatusMark } from './events/StatusHub.ts';
import type { SubscriptionProgress } from './events/SubscriptionProgress.ts';
import type { EventJournals } from './loaders/EventJournals.ts';
import { createJournalLoader } from './loaders/journalLoader.ts';
import type { JournalLoader } from './loaders/journalLoader.ts';
import type { JournalSidesCache } from './loaders/JournalSidesCache.ts';
import type { SharedReads } from './loaders/SharedReads.ts';
import type { ReverseBatches } from './outcomes/ReverseBatches.ts';
import type { JournalsClient } from './upstream/JournalsClient.ts';

/** The parts of the process that operations share. */
export interface SharedParts {
  journals: JournalsClient;
  sharedReads: SharedReads;
  reverseBatches: ReverseBatches;
  statusEvents: StatusEvents;
  journalSides: JournalSidesCache;
  eventJournals: EventJournals;
}

/** What tells one operation from another. */
export interface OperationFacts {
  principal: Principal;
  /** Aborted when nobody waits for the answer any more. Reads heed it; what moves money doesn't. */
  signal: AbortSignal | undefined;
  /** The cursor with which a client of server-sent events comes back; null where none is given. */
  lastEventId: string | null;
  /** What the transport learns of a subscription while it runs. */
  progress: SubscriptionProgress;
}

/** What one operation may use: nothing else is reachable from a resolver, and nothing is global. */
export interface OperationContext extends SharedParts, OperationFacts {
  journalLoader: JournalLoader;
  /** Where the feed stood before any read of this operation; what the list then says is at least as new. */
  statusMark: StatusMark | null;
}

export function createContext(parts: SharedParts, facts: OperationFacts): OperationContext {
  return {
    ...parts,
    ...facts,
    journalLoader: createJournalLoader(parts.sharedReads, facts.principal, facts.signal),
    statusMark: parts.statusEvents.mark,
  };
}
