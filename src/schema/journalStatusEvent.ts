import { redactUpstreamMessage } from '../auth/redactUpstreamMessage.ts';
import type { JournalStatusEvent as Event } from '../domain/journalStatusEvent.ts';
import type { PositionedEvent } from '../events/cursor/PositionedEvent.ts';
import { journalOfEvent } from '../resolvers/journalOfEvent.ts';
import { journalStatusChanged } from '../resolvers/journalStatusChanged.ts';

import { builder, pure } from './builder.ts';
import { callCost } from './cost.ts';
import { Journal, JournalEntryType, JournalStatus } from './journal.ts';

const IdempotencyKeyType = builder.enumType('IdempotencyKeyType', {
  description: 'The kind of request that an idempotency key was sent with.',
  values: {
    SINGLE: { description: 'A single journal.' },
    BATCH: { description: 'A batch. All of its journals share the key.' },
    UNKNOWN: { description: 'A kind that this version of the gateway does not know.' },
  } as const,
});

interface StatusEventSource extends Event {
  positioned: PositionedEvent;
  /** Whether a subscription delivers the event. If so, the journal is read once for all subscribers. */
  isLive: boolean;
}

export function statusEventSource(positioned: PositionedEvent, isLive: boolean): StatusEventSource {
  return { ...positioned.event, positioned, isLive };
}

export const JournalStatusEvent = builder.objectRef<StatusEventSource>('JournalStatusEvent');

builder.objectType(JournalStatusEvent, {
  description:
    'A status change of a journal. A subscriber that resumes after its last cursor receives each event once, with two ' +
    'exceptions: it can miss an event that the API delivers late, and in rare cases it receives an event twice.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'The ULID of the event. It is the same on every delivery.' }),
    cursor: t.string({
      description:
        'An opaque cursor. Pass it as `after` to `journalStatusChanged` or `journalStatusEvents` to continue after this ' +
        'event.',
      extensions: pure,
      resolve: ({ positioned }) => positioned.cursor,
    }),
    at: t.expose('at', { type: 'DateTime', description: 'The time of the change.' }),
    journalId: t.exposeID('journalId', { description: 'The UUID of the journal.' }),
    entryType: t.expose('entryType', { type: JournalEntryType, description: 'The entry type of the journal.' }),
    statusFrom: t.expose('statusFrom', {
      type: JournalStatus,
      nullable: true,
      description: 'The status before the change. Null on the first event of a journal.',
    }),
    rawStatusFrom: t.exposeString('rawStatusFrom', {
      nullable: true,
      description: 'The value of `statusFrom` as the API sent it. Null on the first event of a journal.',
    }),
    statusTo: t.expose('statusTo', { type: JournalStatus, description: 'The status after the change.' }),
    rawStatusTo: t.exposeString('rawStatusTo', { description: 'The value of `statusTo` as the API sent it.' }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'The description of the journal. Null if the event has none.',
    }),
    idempotencyKey: t.string({
      nullable: true,
      description:
        'The idempotency key with which the journal was created, as the caller gave it. Null if the journal has none, if ' +
        'the caller is limited to certain accounts and the key belongs to another principal, or if the gateway no longer ' +
        'has the original key.',
      extensions: pure,
      resolve: ({ idempotencyKey }, _args, { parts, principal }) =>
        parts.idempotencyKeys.keyToShow(principal, idempotencyKey),
    }),
    idempotencyKeyType: t.expose('idempotencyKeyType', {
      type: IdempotencyKeyType,
      nullable: true,
      description: 'The kind of request that the idempotency key was sent with. Null if the event gives none.',
    }),
    batchErrorMessage: t.string({
      nullable: true,
      description: 'The reason why this entry of a batch failed. Null if it did not fail.',
      extensions: pure,
      resolve: ({ batchErrorMessage, journalId }, _args, { principal }) =>
        batchErrorMessage && redactUpstreamMessage(principal, batchErrorMessage, [journalId.toLowerCase()]),
    }),
    journal: t.field({
      type: Journal,
      nullable: true,
      description:
        'The journal in its current state, at least as recent as this event. Null if the journal cannot be read.',
      complexity: callCost,
      resolve: ({ positioned, isLive }, _args, context) => journalOfEvent(positioned.event, isLive, context),
    }),
  }),
});

export const JournalStatusEventFilter = builder.inputType('JournalStatusEventFilter', {
  description:
    'Selects status events. A missing or null field does not filter. An empty list matches nothing. A list of IDs has up ' +
    'to 100 items.',
  fields: (t) => ({
    journalId: t.idList({ description: 'Events of any of these journals.' }),
    accountId: t.idList({ description: 'Events of journals into or out of any of these accounts.' }),
    entryType: t.field({ type: JournalEntryType, description: 'Events of journals of this entry type.' }),
    statusTo: t.field({ type: [JournalStatus], description: 'Changes into any of these statuses.' }),
  }),
});

builder.subscriptionField('journalStatusChanged', (t) =>
  t.field({
    type: JournalStatusEvent,
    description:
      'Delivers status changes as they happen. With `after`, past events after that cursor are delivered first, then ' +
      'live events, without a gap or a duplicate. If the subscription ends early, its error has the extensions `code` ' +
      'and `cursor`: subscribe again with `after` set to the cursor.',
    // The result depends only on the operation and on the rights of the caller. So subscribers with the same operation
    // and the same rights share one execution per event.
    extensions: { shared: true },
    args: {
      filter: t.arg({ type: JournalStatusEventFilter, description: 'Delivers the events that match this filter.' }),
      after: t.arg.string({
        description: 'The cursor of an event, or `journalStatusCursor`. Delivery starts after this cursor.',
      }),
    },
    subscribe: (_root, args, context) => journalStatusChanged(args, context),
    resolve: (positioned, _args, { refusedFields }) => {
      // One context serves all events, but each result must report only its own refused fields.
      refusedFields.clear();
      return statusEventSource(positioned, true);
    },
  }),
);
