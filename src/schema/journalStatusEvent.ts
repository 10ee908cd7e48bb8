import { redactUpstreamMessage } from '../auth/redactUpstreamMessage.ts';
import type { PositionedEvent } from '../events/cursor/PositionedEvent.ts';
import { journalOfEvent } from '../resolvers/journalOfEvent.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';
import { Journal, JournalEntryType, JournalStatus } from './journal.ts';

const IdempotencyKeyType = builder.enumType('IdempotencyKeyType', {
  description: 'What the key of a journal was sent with.',
  values: {
    SINGLE: { description: 'One journal.' },
    BATCH: { description: 'A batch, whose journals share it.' },
    UNKNOWN: { description: 'A word newer than this gateway.' },
  } as const,
});

/** `isLive`: delivered by a subscription, whose journals are read once for all subscribers. */
export interface StatusEventSource {
  positioned: PositionedEvent;
  isLive: boolean;
}

export const JournalStatusEvent = builder.objectRef<StatusEventSource>('JournalStatusEvent');

builder.objectType(JournalStatusEvent, {
  description:
    "One change of one journal's status, as the Event API tells it. Delivered exactly once to each subscriber.",
  fields: (t) => ({
    id: t.id({
      description: "The event's ULID, the same at every delivery.",
      resolve: ({ positioned }) => positioned.event.id,
    }),
    cursor: t.string({
      description: 'Opaque: pass it as `after` to go on behind this event, here or in `journalStatusChanged`.',
      resolve: ({ positioned }) => positioned.cursor,
    }),
    at: t.field({
      type: 'DateTime',
      description: 'When it happened.',
      resolve: ({ positioned }) => positioned.event.at,
    }),
    journalId: t.id({ description: 'Whose status changed.', resolve: ({ positioned }) => positioned.event.journalId }),
    entryType: t.field({
      type: JournalEntryType,
      description: 'What the journal moves.',
      resolve: ({ positioned }) => positioned.event.entryType,
    }),
    statusFrom: t.field({
      type: JournalStatus,
      nullable: true,
      description: "Null on a journal's first event.",
      resolve: ({ positioned }) => positioned.event.statusFrom,
    }),
    rawStatusFrom: t.string({
      nullable: true,
      description: "The API's own word for `statusFrom`.",
      resolve: ({ positioned }) => positioned.event.rawStatusFrom,
    }),
    statusTo: t.field({
      type: JournalStatus,
      description: 'The status from now on.',
      resolve: ({ positioned }) => positioned.event.statusTo,
    }),
    rawStatusTo: t.string({
      description: "The API's own word for `statusTo`.",
      resolve: ({ positioned }) => positioned.event.rawStatusTo,
    }),
    description: t.string({
      nullable: true,
      description: "The journal's description, when the event carries it.",
      resolve: ({ positioned }) => positioned.event.description,
    }),
    idempotencyKey: t.string({
      nullable: true,
      description:
        "The key that the journal was created with, as it was given. Null when it is another principal's and this one " +
        'sees some accounts only, or when the gateway no longer knows how it was given.',
      resolve: ({ positioned }, _args, { principal, idempotencyKeys }) =>
        idempotencyKeys.shown(principal, positioned.event.idempotencyKey),
    }),
    idempotencyKeyType: t.field({
      type: IdempotencyKeyType,
      nullable: true,
      description: 'What that key was sent with.',
      resolve: ({ positioned }) => positioned.event.idempotencyKeyType,
    }),
    batchErrorMessage: t.string({
      nullable: true,
      description: 'Why an entry of a batch failed.',
      resolve: ({ positioned: { event } }, _args, { principal }) =>
        event.batchErrorMessage &&
        redactUpstreamMessage(principal, event.batchErrorMessage, [event.journalId.toLowerCase()]),
    }),
    journal: t.field({
      type: Journal,
      nullable: true,
      description: 'The journal as it is now, at least as new as this event; null when it can not be read.',
      complexity: callCost,
      resolve: ({ positioned, isLive }, _args, context) => journalOfEvent(positioned.event, isLive, context),
    }),
  }),
});
