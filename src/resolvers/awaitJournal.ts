import { assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import type { Journal } from '../domain/journal.ts';
import { asUuid } from '../domain/uuid.ts';
import { BadUserInputError } from '../errors/BadUserInputError.ts';
import { cancellationOf } from '../errors/cancellation.ts';
import { TokenExpiredError } from '../errors/streamErrors.ts';
import { isUnderWay } from '../events/waiting/WaitedJournal.ts';
import type { JournalSnapshot } from '../events/waiting/WaitedJournal.ts';
import { readVisibleJournal } from '../loaders/journalLoader.ts';
import { steadyNow } from '../upstream/transport/ApiClock.ts';

export interface AwaitedJournal {
  journal: Journal;
  /** Whether the status comes from an event, and other fields may be older. */
  isStatusOnly: boolean;
  timedOut: boolean;
  cursor: string;
}

const maxTimeoutSeconds = 300;

/**
 * Answers when the journal is no longer under way, or when the time is over. Null if it does not exist or the principal
 * may not see it.
 *
 * @throws BadUserInputError | ForbiddenError | TokenExpiredError | Fault
 */
export async function awaitJournal(
  { id, timeoutSeconds }: { id: string; timeoutSeconds: number },
  context: OperationContext,
): Promise<AwaitedJournal | null> {
  const { principal, journalWaits, sharedReads, signal, statusMark, statusEvents } = context;
  assertAuthorized(principal, { kind: 'read' });
  if (timeoutSeconds < 1 || timeoutSeconds > maxTimeoutSeconds) {
    throw new BadUserInputError(`timeoutSeconds is ${timeoutSeconds}, expected 1 to ${maxTimeoutSeconds}`);
  }
  const journalId = asUuid(id);
  if (journalId === null) return null;
  const startedMs = steadyNow();
  const leave = journalWaits.follow(journalId);
  try {
    // A loader would keep its batch and its results as long as the operation waits.
    const journal = await readVisibleJournal(sharedReads, principal, journalId, signal);
    if (!journal) return null;
    const cursor = statusMark?.cursor ?? statusEvents.cursorAt(startedMs);
    const snapshot = await waitUntilSettled({ journal, cursor, startedMs }, timeoutSeconds * 1_000, context);
    const { cursor: latestCursor, isStatusOnly = false } = snapshot;
    const timedOut = isUnderWay(snapshot.journal.status);
    return { journal: snapshot.journal, isStatusOnly, timedOut, cursor: latestCursor };
  } finally {
    leave();
  }
}

/** Not counted as running meanwhile, and ended early by a shutdown. */
async function waitUntilSettled(
  own: JournalSnapshot,
  timeoutMs: number,
  context: OperationContext,
): Promise<JournalSnapshot> {
  if (!isUnderWay(own.journal.status)) return own;
  const { journalWaits, session, signal } = context;
  const wait = journalWaits.begin(own.journal.id.toLowerCase(), own, timeoutMs);
  const { end } = wait;
  let isPaused = false;
  try {
    context.pause?.(end);
    isPaused = true;
    session.whenEnded(end);
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    const latest = await wait.result;
    if (signal?.aborted) throw cancellationOf(signal);
    if (session.hasEnded) throw new TokenExpiredError(latest.cursor);
    return latest;
  } finally {
    end();
    signal?.removeEventListener('abort', end);
    session.removeListener(end);
    if (isPaused) context.resume?.(end);
  }
}
