import { authorize } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import type { Journal } from '../domain/journal.ts';
import type { JournalStatusEvent } from '../domain/journalStatusEvent.ts';

/**
 * The journal of an event, at least as new as the event. A subscription outlives its events, so its loader would show
 * the first one's journal for ever: live events are read once each, for all subscribers together.
 *
 * @throws Fault
 */
export async function journalOfEvent(
  event: JournalStatusEvent,
  isLive: boolean,
  context: OperationContext,
): Promise<Journal | null> {
  const journal = isLive
    ? await context.eventJournals.journalOf(event)
    : await context.journalLoader.load(event.journalId.toLowerCase());
  return journal && authorize(context.principal, { kind: 'readJournal', journal }) ? journal : null;
}
