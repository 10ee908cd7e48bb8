import { isInstant } from '../../domain/instant.ts';
import { asJournalEntryType, asJournalStatus } from '../../domain/journal.ts';
import type { IdempotencyKeyType, JournalStatusEvent } from '../../domain/journalStatusEvent.ts';
import { readJson } from '../../domain/readJson.ts';
import { ContractBrokenError } from '../../errors/faults.ts';

import type { WireStatusEvent } from '../wire/apiBodies.ts';

/**
 * Decodes one `data:` line of the Event API, v2 or v1.
 *
 * @throws ContractBrokenError that names the field, if the data is a JSON object
 */
export function decodeStatusEvent(data: string): JournalStatusEvent {
  const wire = parse(data);
  const rawStatusFrom = text(wire.status_from);
  const rawStatusTo = required(wire, 'status_to');
  const at = required(wire, 'at');
  if (!isInstant(at)) throw new ContractBrokenError('status event whose `at` is not an RFC 3339 instant');
  return {
    id: eventId(wire),
    at,
    journalId: required(wire, 'journal_id'),
    entryType: asJournalEntryType(required(wire, 'entry_type')),
    statusFrom: rawStatusFrom === null ? null : asJournalStatus(rawStatusFrom),
    rawStatusFrom,
    statusTo: asJournalStatus(rawStatusTo),
    rawStatusTo,
    description: typeof wire.description === 'string' ? wire.description : null,
    idempotencyKey: text(wire.idempotency_key),
    idempotencyKeyType: keyType(text(wire.idempotency_key_type)),
    batchErrorMessage: text(wire.batch_error_message),
  };
}

/** The ULID is `event_id` in v2 and `event_ulid` in v1, which may also have an integer `event_id`. */
function eventId(wire: WireStatusEvent): string {
  const id = text(wire.event_ulid) ?? text(wire.event_id);
  if (id === null) throw new ContractBrokenError('status event without its ULID (event_id on v2, event_ulid on v1)');
  return id;
}

function parse(data: string): WireStatusEvent {
  try {
    const value = readJson(data);
    if (typeof value === 'object' && value !== null) return value as WireStatusEvent;
  } catch {
    // Thrown below.
  }
  throw new ContractBrokenError(`expected a status event as a JSON object, found ${data.length} other characters`);
}

function required(wire: WireStatusEvent, field: 'at' | 'journal_id' | 'entry_type' | 'status_to'): string {
  const value = text(wire[field]);
  if (value === null) throw new ContractBrokenError(`status event without ${field}`);
  return value;
}

function keyType(word: string | null): IdempotencyKeyType | null {
  if (word === null) return null;
  return word === 'single' ? 'SINGLE' : word === 'batch' ? 'BATCH' : 'UNKNOWN';
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
