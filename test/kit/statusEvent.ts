import type { JournalStatusEvent } from '../../src/domain/journalStatusEvent.ts';

/** Creates a status event with this id. */
export function statusEvent(id: string): JournalStatusEvent {
  return {
    id,
    at: '2026-01-01T00:00:00.000Z',
    journalId: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
    entryType: 'JNLC',
    statusFrom: null,
    rawStatusFrom: null,
    statusTo: 'queued',
    rawStatusTo: 'queued',
    description: null,
    idempotencyKey: null,
    idempotencyKeyType: null,
    batchErrorMessage: null,
  };
}
