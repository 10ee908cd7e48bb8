import type { IdempotencyKeys } from './auth/IdempotencyKeys.ts';
import type { Principal } from './auth/principal.ts';
import type { Session } from './auth/Session.ts';
import type { CancelSignal } from './concurrency/Cancellation.ts';
import type { StatusEvents } from './events/StatusEvents.ts';
import type { StatusMark } from './events/cursor/PositionedEvent.ts';
import type { JournalWaits } from './events/waiting/JournalWaits.ts';
import type { SubscriptionProgress } from './events/subscription/SubscriptionProgress.ts';
import type { EventJournals } from './loaders/EventJournals.ts';
import { createJournalLoader } from './loaders/journalLoader.ts';
import type { JournalLoader } from './loaders/journalLoader.ts';
import type { JournalSidesCache } from './loaders/JournalSidesCache.ts';
import type { SharedReads } from './loaders/SharedReads.ts';
import type { DailyCaps } from './outcomes/DailyCaps.ts';
import type { KeyUses } from './outcomes/KeyUses.ts';
import type { ReverseBatches } from './outcomes/ReverseBatches.ts';
import type { ApiClock } from './upstream/transport/ApiClock.ts';
import type { JournalsClient } from './upstream/journals/JournalsClient.ts';

/** The parts of the process that all operations share. */
export interface SharedParts {
  clock: ApiClock;
  journals: JournalsClient;
  sharedReads: SharedReads;
  keyUses: KeyUses;
  reverseBatches: ReverseBatches;
  dailyCaps: DailyCaps;
  statusEvents: StatusEvents;
  journalWaits: JournalWaits;
  journalSides: JournalSidesCache;
  eventJournals: EventJournals;
  idempotencyKeys: IdempotencyKeys;
  /** Shown if the API states no currency. */
  firmCurrency: string;
}

/** What belongs to one operation. */
export interface OperationFacts {
  /** The client's session. A subscription ends with it. */
  session: Session;
  /**
   * Aborted when the client disconnects or the operation's deadline has passed (`DeadlineExceededError`). Aborts reads, but
   * not a mutation that has been sent.
   */
  signal: CancelSignal | undefined;
  /** The cursor from the `Last-Event-ID` header of a client that reconnects; null without one. */
  lastEventId: string | null;
  /** What the transport needs to know about a running subscription. */
  progress: SubscriptionProgress;
  /**
   * Takes the operation out of the limits on time and on running operations while it only waits. Absent for an execution
   * that no limits apply to.
   *
   * @param end called when it has to stop waiting, because the process is shutting down
   * @throws GraphQLError when too many operations wait
   */
  pause?(end: () => void): void;
  /** To be called once, with the same function, when the operation continues. */
  resume?(end: () => void): void;
}

/** Everything that the resolvers of one operation may use. There are no globals. */
export interface OperationContext extends SharedParts, OperationFacts {
  principal: Principal;
  /** Fields that this result has already reported as forbidden. */
  refusedFields: Set<string>;
  /** The refusals of its mutations, in order. */
  refusals: Error[];
  journalLoader: JournalLoader;
  /** Position of the feed before the operation's first read, so that its lists are at least as new. */
  statusMark: StatusMark | null;
}

/** @param parts shared by all operations, which make no copies of them */
export function createContext(parts: SharedParts, facts: OperationFacts): OperationContext {
  return new LazyContext(parts, facts);
}

/** Creates the costly parts when a resolver first uses them. */
class LazyContext implements OperationContext {
  readonly #parts: SharedParts;
  readonly #facts: OperationFacts;
  #refusedFields: Set<string> | null = null;
  #refusals: Error[] | null = null;
  #journalLoader: JournalLoader | null = null;
  readonly principal: Principal;
  readonly statusMark: StatusMark | null;

  constructor(parts: SharedParts, facts: OperationFacts) {
    this.#parts = parts;
    this.#facts = facts;
    this.principal = facts.session.principal;
    this.statusMark = parts.statusEvents.mark;
  }

  get session(): Session {
    return this.#facts.session;
  }

  get signal(): CancelSignal | undefined {
    return this.#facts.signal;
  }

  get lastEventId(): string | null {
    return this.#facts.lastEventId;
  }

  get progress(): SubscriptionProgress {
    return this.#facts.progress;
  }

  pause(end: () => void): void {
    this.#facts.pause?.(end);
  }

  resume(end: () => void): void {
    this.#facts.resume?.(end);
  }

  get refusedFields(): Set<string> {
    this.#refusedFields ??= new Set();
    return this.#refusedFields;
  }

  get refusals(): Error[] {
    this.#refusals ??= [];
    return this.#refusals;
  }

  get journalLoader(): JournalLoader {
    this.#journalLoader ??= createJournalLoader(this.sharedReads, this.principal, this.signal);
    return this.#journalLoader;
  }

  get clock(): ApiClock {
    return this.#parts.clock;
  }

  get journals(): JournalsClient {
    return this.#parts.journals;
  }

  get sharedReads(): SharedReads {
    return this.#parts.sharedReads;
  }

  get keyUses(): KeyUses {
    return this.#parts.keyUses;
  }

  get reverseBatches(): ReverseBatches {
    return this.#parts.reverseBatches;
  }

  get dailyCaps(): DailyCaps {
    return this.#parts.dailyCaps;
  }

  get statusEvents(): StatusEvents {
    return this.#parts.statusEvents;
  }

  get journalWaits(): JournalWaits {
    return this.#parts.journalWaits;
  }

  get journalSides(): JournalSidesCache {
    return this.#parts.journalSides;
  }

  get eventJournals(): EventJournals {
    return this.#parts.eventJournals;
  }

  get idempotencyKeys(): IdempotencyKeys {
    return this.#parts.idempotencyKeys;
  }

  get firmCurrency(): string {
    return this.#parts.firmCurrency;
  }
}
