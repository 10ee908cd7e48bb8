import { assertAuthorized } from '../auth/authorize.ts';
import { Deferred } from '../concurrency/Deferred.ts';
import type { OperationContext } from '../context.ts';
import type { Journal } from '../domain/journal.ts';
import { asUuid } from '../domain/uuid.ts';
import { BadUserInputError } from '../errors/BadUserInputError.ts';
import { cancellationOf } from '../errors/cancellation.ts';
import { TokenExpiredError } from '../errors/subscriptionErrors.ts';
import { isUnderWay } from '../events/waiting/WaitedJournal.ts';
import type { JournalWait, WaitingClient } from '../events/waiting/JournalWait.ts';
import type { JournalSnapshot, WaitedJournal } from '../events/waiting/WaitedJournal.ts';
import { readVisibleJournal } from '../loaders/journalLoader.ts';
import { steadyNow } from '../upstream/transport/ApiClock.ts';

export interface AwaitedJournal {
  journal: Journal;
  /** Whether the status comes from an event, so that other fields may be older. */
  isStatusOnly: boolean;
  timedOut: boolean;
  cursor: string;
}

const maxTimeoutSeconds = 300;

/**
 * Waits until the journal is no longer under way, or until the timeout expires. Returns null if the journal does not
 * exist or the principal may not see it.
 *
 * @throws BadUserInputError | ForbiddenError | TokenExpiredError | Fault
 */
export function awaitJournal(
  { id, timeoutSeconds }: { id: string; timeoutSeconds: number },
  context: OperationContext,
): Promise<AwaitedJournal | null> | null {
  assertAuthorized(context.principal, { kind: 'read' });
  if (timeoutSeconds < 1 || timeoutSeconds > maxTimeoutSeconds) {
    throw new BadUserInputError(`timeoutSeconds is ${timeoutSeconds}, expected 1 to ${maxTimeoutSeconds}`);
  }
  const journalId = asUuid(id);
  if (journalId === null) return null;
  const client = new AwaitingClient(journalId, timeoutSeconds * 1_000, context);
  void client.start();
  return client.answer.promise;
}

/**
 * An operation that waits. Thousands of operations may wait for minutes, so they are not suspended async functions,
 * which would take several times as much memory.
 */
class AwaitingClient implements WaitingClient {
  readonly answer = new Deferred<AwaitedJournal | null>();
  readonly timeoutMs: number;
  readonly #context: OperationContext;
  readonly #waited: WaitedJournal;
  #wait: JournalWait | null = null;

  constructor(journalId: string, timeoutMs: number, context: OperationContext) {
    this.timeoutMs = timeoutMs;
    this.#context = context;
    this.#waited = context.parts.journalWaits.follow(journalId);
  }

  /** Reads the journal, and begins to wait if the journal is under way. Never rejects. */
  async start(): Promise<void> {
    const { parts, principal, signal, statusMark } = this.#context;
    const startedMs = steadyNow();
    try {
      // Not read with a loader, which would keep its batch and its results as long as the operation waits.
      const journal = await readVisibleJournal(parts.sharedReads, principal, this.#waited.id, signal);
      const cursor = statusMark?.cursor ?? parts.statusEvents.cursorAt(startedMs);
      if (journal && isUnderWay(journal.status)) this.#begin({ journal, cursor, startedMs });
      else this.#finish(() => journal && { journal, isStatusOnly: false, timedOut: false, cursor });
    } catch (error) {
      this.#finish(() => {
        throw error;
      });
    }
  }

  /**
   * Begins the wait. The shutdown, the end of the session and the client can each end the wait, even during this call.
   */
  #begin(own: JournalSnapshot): void {
    const { parts, session, signal } = this.#context;
    const wait = parts.journalWaits.prepare(this.#waited, own, this);
    this.#wait = wait;
    this.#context.beginWait(wait.end);
    if (!wait.isOver) session.whenEnded(wait.end);
    if (!wait.isOver) signal?.addEventListener('abort', wait.end);
    if (signal?.aborted) wait.end();
    wait.begin();
  }

  ended({ journal, isStatusOnly = false, cursor }: JournalSnapshot): void {
    const { session, signal } = this.#context;
    const end = this.#wait?.end;
    if (end) {
      signal?.removeEventListener('abort', end);
      session.removeListener(end);
      this.#context.endWait(end);
    }
    this.#finish(() => {
      if (signal?.aborted) throw cancellationOf(signal);
      if (session.hasEnded) throw new TokenExpiredError(cursor);
      return { journal, isStatusOnly, timedOut: isUnderWay(journal.status), cursor };
    });
  }

  /** Answers after all waits of the operation: what it selects in an answer must not run while it counts as waiting. */
  #finish(answer: () => AwaitedJournal | null): void {
    this.#context.parts.journalWaits.leave(this.#waited);
    this.#context.whenWaitsEnded(() => {
      try {
        this.answer.resolve(answer());
      } catch (error) {
        this.answer.reject(error);
      }
    });
  }
}

/** The fields of a journal that change with its status and that events do not contain. */
export const settledFields: readonly string[] = ['settleDate', 'systemDate', 'price'];

/**
 * Reads the `settledFields` of a journal whose status comes from an event. Must be called only if the client selects
 * one of them, since thousands of clients may receive a status at once.
 *
 * @throws Fault
 */
export async function withSettledFields(
  journal: Journal,
  { parts, principal, signal }: OperationContext,
): Promise<Journal> {
  const read = await parts.sharedReads.get(principal, journal.id, signal);
  if (!read) return journal;
  const { settleDate, systemDate } = read;
  if (journal.entryType !== 'JNLS' || read.entryType !== 'JNLS') return { ...journal, settleDate, systemDate };
  return { ...journal, settleDate, systemDate, price: read.price };
}
