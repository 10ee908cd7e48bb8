import { demand } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { FilteredEvents } from '../events/FilteredEvents.ts';
import type { PositionedEvent } from '../events/PositionedEvent.ts';

import { statusEventChecks } from './statusEventFilter.ts';
import type { JournalStatusEventFilter } from './statusEventFilter.ts';

export interface JournalStatusChangedArguments {
  filter?: JournalStatusEventFilter | null | undefined;
  after?: string | null | undefined;
}

/** Status changes as they happen; with `after`, first every one behind it. @throws BadUserInputError | ForbiddenError */
export function journalStatusChanged(
  { filter, after }: JournalStatusChangedArguments,
  context: OperationContext,
): AsyncIterableIterator<PositionedEvent, undefined> {
  demand(context.principal, { kind: 'read' });
  const { accepts, passes } = statusEventChecks(filter, context);
  const events = context.statusEvents.subscribe(accepts, after ?? null);
  if (!passes) return events;
  return new FilteredEvents(events, ({ event }) => passes(event), after ?? context.statusMark?.cursor ?? null);
}
