import { assertAuthorized } from '../auth/authorize.ts';
import type { OperationContext } from '../context.ts';
import { BadUserInputError } from '../errors/BadUserInputError.ts';
import type { Instant } from '../domain/instant.ts';
import { decodeEventCursor } from '../events/cursor/eventCursor.ts';
import { hasEvents } from '../events/cursor/eventPosition.ts';
import type { PositionedEvent } from '../events/cursor/PositionedEvent.ts';

import { Connection } from './paging/Connection.ts';
import { readPageRequest } from './paging/pageArguments.ts';
import { statusEventChecks } from './statusEventFilter.ts';
import type { JournalStatusEventFilter } from './statusEventFilter.ts';

export interface JournalStatusEventsArguments {
  since?: Instant | null | undefined;
  until?: Instant | null | undefined;
  filter?: JournalStatusEventFilter | null | undefined;
  first?: number | null | undefined;
  after?: string | null | undefined;
}

/**
 * Reads a page of past events, oldest first. Closes the upstream stream when the page is full.
 *
 * @throws BadUserInputError | ForbiddenError | CursorExpiredError | Fault
 */
export async function journalStatusEvents(
  args: JournalStatusEventsArguments,
  context: OperationContext,
): Promise<Connection<PositionedEvent>> {
  assertAuthorized(context.principal, { kind: 'read' });
  if (args.since == null && args.after == null) {
    throw new BadUserInputError('expected since or after, found neither');
  }
  const { count } = readPageRequest({ first: args.first });
  const after = args.after == null ? undefined : decodeEventCursor(args.after);
  const range = { after, since: args.since ?? undefined, until: args.until ?? undefined };
  const found = await collect(args.filter, range, count + 1, context);
  return new Connection(found.slice(0, count), (positioned) => positioned.cursor, {
    hasNextPage: found.length > count,
    // The event at the cursor precedes this page.
    hasPreviousPage: after !== undefined && hasEvents(after),
  });
}

/** Reads the first `max` matching events of the range. */
async function collect(
  filter: JournalStatusEventsArguments['filter'],
  range: Parameters<OperationContext['parts']['statusEvents']['history']>[0],
  max: number,
  context: OperationContext,
): Promise<PositionedEvent[]> {
  const { accepts, passes } = statusEventChecks(filter, context);
  if ([filter?.journalId, filter?.accountId, filter?.statusTo].some((list) => list?.length === 0)) return [];
  const found: PositionedEvent[] = [];
  const aborted = new AbortController();
  const abort = () => aborted.abort(context.signal?.reason);
  if (context.signal?.aborted) abort();
  context.signal?.addEventListener('abort', abort, { once: true });
  try {
    for await (const positioned of context.parts.statusEvents.history(range, aborted.signal)) {
      if (!accepts(positioned.event) || (passes && !(await passes(positioned.event)))) continue;
      found.push(positioned);
      if (found.length === max) break;
    }
  } finally {
    // An aborted history ends like a complete one.
    context.signal?.removeEventListener('abort', abort);
    aborted.signal.throwIfAborted();
  }
  return found;
}
