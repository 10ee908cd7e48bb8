import { authorize } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

/**
 * Returns the journal of an event, at least as new as the event. A subscription's loader would return the journal as it
 * was at the first event, so journals of live events are read separately, once per event for all subscribers.
 *
 * @throws Fault
 */
export async function journalOfEvent(
  event: JournalStatusEvent,
  isLive: boolean,
  context: OperationContext,
): Promise<Journal | null> {
  const journal = isLive
    ? await context.parts.eventJournals.journalOf(event)
    : await context.journalLoader.load(event.journalId.toLowerCase());
  return journal && authorize(context.principal, { kind: 'readJournal', journal }) ? journal : null;
}
