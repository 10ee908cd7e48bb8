import { describe, expect, it } from 'vitest';

import { decodeStatusEvent } from '../../src/upstream/events/decodeStatusEvent.ts';

const v2 = {
  at: '2026-10-13T13:11:10.57913Z',
  description: 'payday',
  entry_type: 'JNLC',
  event_id: '01HCMJK2ZKCPTYXMJYS66T0QJJ',
  idempotency_key: '72bdf18f-0e9f-4d0f-8d56-6f2f3a0a7a63',
  idempotency_key_type: 'single',
  journal_id: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
  status_from: '',
  status_to: 'queued',
};

function decode(changes: object = {}) {
  return decodeStatusEvent(JSON.stringify({ ...v2, ...changes }));
}

describe('decodeStatusEvent', () => {
  it('reads a v2 event', () => {
    expect(decode()).toEqual({
      id: '01HCMJK2ZKCPTYXMJYS66T0QJJ',
      at: '2026-10-13T13:11:10.57913Z',
      journalId: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
      entryType: 'JNLC',
      statusFrom: null,
      rawStatusFrom: null,
      statusTo: 'queued',
      rawStatusTo: 'queued',
      description: 'payday',
      idempotencyKey: '72bdf18f-0e9f-4d0f-8d56-6f2f3a0a7a63',
      idempotencyKeyType: 'SINGLE',
      batchErrorMessage: null,
    });
  });

  it.each([
    [{ event_id: 1234, event_ulid: '01HCMTPGB3VX6CAPYHFSKGJWHN' }],
    [{ event_id: undefined, event_ulid: '01HCMTPGB3VX6CAPYHFSKGJWHN' }],
  ])('reads the ULID of a v1 event with %j', (ids) => {
    expect(decode(ids).id).toBe('01HCMTPGB3VX6CAPYHFSKGJWHN');
  });

  it('reads an event with only the required fields', () => {
    const { at, entry_type, event_id, journal_id, status_to } = v2;

    const event = decodeStatusEvent(JSON.stringify({ at, entry_type, event_id, journal_id, status_to }));

    expect(event).toMatchObject({
      statusFrom: null,
      description: null,
      idempotencyKey: null,
      idempotencyKeyType: null,
      batchErrorMessage: null,
    });
  });

  it.each([
    [{ status_from: 'pending' }, { statusFrom: 'pending', rawStatusFrom: 'pending' }],
    [{ status_to: 'frozen' }, { statusTo: 'unknown', rawStatusTo: 'frozen' }],
    [{ status_from: 'frozen' }, { statusFrom: 'unknown', rawStatusFrom: 'frozen' }],
    [{ entry_type: 'JNLX' }, { entryType: 'UNKNOWN' }],
    [{ idempotency_key_type: 'batch' }, { idempotencyKeyType: 'BATCH' }],
    [{ idempotency_key_type: 'triple' }, { idempotencyKeyType: 'UNKNOWN' }],
    [{ batch_error_message: 'account closed' }, { batchErrorMessage: 'account closed' }],
    [{ description: 7 }, { description: null }],
  ])('reads %j as %j', (changes, expected) => {
    expect(decode(changes)).toMatchObject(expected);
  });

  it.each(['at', 'journal_id', 'entry_type', 'status_to'])(
    'refuses an event without %s and names the field',
    (field) => {
      expect(() => decode({ [field]: undefined })).toThrow(`status event without ${field}`);
      expect(() => decode({ [field]: '' })).toThrow(`status event without ${field}`);
    },
  );

  it.each([{ event_id: undefined }, { event_id: 1234 }, { event_id: '' }])(
    'refuses an event without a ULID: %j',
    (ids) => {
      expect(() => decode(ids)).toThrow('status event without its ULID (event_id on v2, event_ulid on v1)');
    },
  );

  it('refuses an event whose time is not an instant', () => {
    expect(() => decode({ at: 'noon' })).toThrow('status event whose `at` is not an RFC 3339 instant');
  });

  it.each(['', 'null', '"event"', '42', '{"at":'])('refuses %j', (data) => {
    expect(() => decodeStatusEvent(data)).toThrow(
      `expected a status event as a JSON object, found ${data.length} other characters`,
    );
  });
});
