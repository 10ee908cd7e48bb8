import { assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { decodeEventCursor } from '../events/cursor/eventCursor.ts';
import type { EventPosition } from '../events/cursor/eventPosition.ts';
import { filterEvents } from '../events/subscription/filterEvents.ts';
import { EndWithSession } from '../events/subscription/EndWithSession.ts';
import type { StatusReader } from '../events/feed/StatusReader.ts';

import { statusEventChecks } from './statusEventFilter.ts';
import type { JournalStatusEventFilter } from './statusEventFilter.ts';

/**
 * Subscribes to status changes as they happen. With `after`, all changes since that cursor come first.
 *
 * @throws BadUserInputError | ForbiddenError
 */
export function journalStatusChanged(
  { filter, after }: { filter?: JournalStatusEventFilter | null | undefined; after?: string | null | undefined },
  context: OperationContext,
): StatusReader {
  const { parts, principal, session, lastEventId, statusMark, progress } = context;
  assertAuthorized(principal, { kind: 'read' });
  const { accepts, passes } = statusEventChecks(filter, context);
  const all = parts.statusEvents.subscribe(accepts, positionOf(lastEventId, after), () => progress.isTaking);
  const startsAfter = lastEventId ?? after ?? statusMark?.cursor ?? null;
  const events = passes ? filterEvents(all, ({ event }) => passes(event), startsAfter) : all;
  return progress.follow(session.canEnd ? new EndWithSession(events, session, startsAfter) : events);
}

/**
 * `Last-Event-ID` overrides `after`: a browser that reconnects requests the same URL again, with its original `after`,
 * and sends its latest position in the header.
 */
function positionOf(lastEventId: string | null, after: string | null | undefined): EventPosition | null {
  if (lastEventId !== null) return decodeEventCursor(lastEventId, 'Last-Event-ID');
  return after == null ? null : decodeEventCursor(after);
}
