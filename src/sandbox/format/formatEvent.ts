import type { WireStatusEvent } from '../../upstream/wire/apiBodies.ts';
import { formatInstant } from '../values/instant.ts';
import type { EventRow } from '../store/EventTable.ts';

export type EventsVersion = 'v1' | 'v2';

/** Formats an event as a server-sent event: a `data:` line and an empty line. */
export function formatEvent(event: EventRow, version: EventsVersion): string {
  const ids = version === 'v2' ? { event_id: event.ulid } : { event_id: event.seq, event_ulid: event.legacy_ulid };
  const body: WireStatusEvent = {
    at: formatInstant(event.at),
    ...(event.batch_error_message !== null && { batch_error_message: event.batch_error_message }),
    ...(event.description !== '' && { description: event.description }),
    entry_type: event.entry_type,
    ...ids,
    ...(event.idempotency_key !== null && { idempotency_key: event.idempotency_key }),
    ...(event.idempotency_key_type !== null && { idempotency_key_type: event.idempotency_key_type }),
    journal_id: event.journal_id,
    status_from: event.status_from,
    status_to: event.status_to,
  };
  return `data: ${JSON.stringify(body)}\n\n`;
}
