import type { IdempotencyKeys } from './auth/IdempotencyKeys.ts';
import type { Principal } from './auth/principal.ts';
import type { Session } from './auth/Session.ts';
import type { CancelSignal } from './concurrency/Cancellation.ts';
import type { Journal } from './domain/journal.ts';
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

/** The parts of the context that differ between operations. */
export interface OperationFacts {
  /** The client's session. A subscription ends with it. */
  session: Session;
  /**
   * Aborted when the client disconnects or the operation's deadline has passed (`DeadlineExceededError`). Aborts reads,
   * but not a mutation that has been sent.
   */
  signal: CancelSignal | undefined;
  /** The cursor from the `Last-Event-ID` header of a client that reconnects; null without the header. */
  lastEventId: string | null;
  /** What the transport needs to know about a running subscription. */
  progress: SubscriptionProgress;
  /**
   * Begins a wait. While an operation does nothing but wait, its deadline and the limits on running operations don't
   * apply to it. Absent for an execution to which no limits apply.
   *
   * @param end called when the wait has to end, because the process is shutting down
   * @throws GraphQLError if too many operations wait
   */
  beginWait?(end: () => void): void;
  /** Call it once, with the same function, when the wait has ended. */
  endWait?(end: () => void): void;
}

/** Everything that the resolvers of one operation may use. There are no globals. */
export class OperationContext implements OperationFacts {
  readonly parts: SharedParts;
  readonly principal: Principal;
  /** Position of the feed before the operation's first read: the lists that the operation reads are at least as new. */
  readonly statusMark: StatusMark | null;
  readonly #facts: OperationFacts;
  // These objects are costly, so each is created when a resolver first uses it.
  #refusedFields: Set<string> | null = null;
  #refusals: Error[] | null = null;
  #journalLoader: JournalLoader | null = null;
  #readJournals: Journal[] | null = null;
  #waits = 0;
  #waitsEnded: (() => void)[] | null = null;

  /** @param parts shared by all operations, and not copied for each */
  constructor(parts: SharedParts, facts: OperationFacts) {
    this.parts = parts;
    this.principal = facts.session.principal;
    this.statusMark = parts.statusEvents.mark;
    this.#facts = facts;
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

  beginWait(end: () => void): void {
    this.#waits += 1;
    try {
      this.#facts.beginWait?.(end);
    } catch (error) {
      this.#waits -= 1;
      throw error;
    }
  }

  endWait(end: () => void): void {
    this.#facts.endWait?.(end);
    this.#waits -= 1;
    if (this.#waits > 0) return;
    for (const listener of this.#waitsEnded ?? []) listener();
    this.#waitsEnded = null;
  }

  /** Calls a listener when the operation no longer waits; immediately if it doesn't wait. */
  whenWaitsEnded(listener: () => void): void {
    if (this.#waits === 0) listener();
    else (this.#waitsEnded ??= []).push(listener);
  }

  /** Fields that this result has already reported as forbidden. */
  get refusedFields(): Set<string> {
    this.#refusedFields ??= new Set();
    return this.#refusedFields;
  }

  /** The refusals of the operation's mutations, in order. */
  get refusals(): Error[] {
    this.#refusals ??= [];
    return this.#refusals;
  }

  get journalLoader(): JournalLoader {
    if (!this.#journalLoader) {
      this.#journalLoader = createJournalLoader(this.parts.sharedReads, this.principal, this.signal);
      for (const journal of this.#readJournals ?? []) this.keepJournal(journal);
    }
    return this.#journalLoader;
  }

  /** Keeps a journal for later fields of the operation, so that they need not read it again. */
  keepJournal(journal: Journal): void {
    if (this.#journalLoader) this.#journalLoader.clear(journal.id).prime(journal.id, journal);
    else (this.#readJournals ??= []).push(journal);
  }
}
