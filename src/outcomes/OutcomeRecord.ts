import { randomUUID } from 'node:crypto';

import type { BatchItem } from '../domain/newJournal.ts';
import { hashedName } from '../redis/hashedName.ts';

import type { NewIntent, OutcomeState, StoredOutcome } from './OutcomeStore.ts';

/** An outcome as stored in Redis: the fields of a hash, all of them text. */
export interface OutcomeRecord {
  /** The record's name and a random part, which distinguishes one use of the idempotency key from a later use. */
  id: string;
  /** `forgotten` if the key may be used again. */
  state: OutcomeState | 'forgotten';
  /** JSON of what is known before the batch is sent. */
  intent: string;
  /** Unix ms. */
  intendedAt: string;
  requestId: string;
  /** Id of the gateway whose call has not ended; empty if there is none. */
  sender: string;
  /** JSON of the journals; empty if the batch is not known to be done. */
  items: string;
}

const nameLength = 43; // a hash in base64url

/** Returns the name that stands for a principal's idempotency key in the keys of Redis. */
export function recordNameOf(scope: string, idempotencyKey: string): string {
  return hashedName(JSON.stringify([scope, idempotencyKey]));
}

export function recordNameOfId(id: string): string {
  return id.slice(0, nameLength);
}

export function newRecord(scope: string, { intendedAtMs, ...intent }: NewIntent, sender: string): OutcomeRecord {
  return {
    id: `${recordNameOf(scope, intent.idempotencyKey)}.${randomUUID()}`,
    state: 'open',
    intent: JSON.stringify({ scope, ...intent }),
    intendedAt: String(Math.floor(intendedAtMs)),
    requestId: '',
    sender,
    items: '',
  };
}

/** Decodes the fields of a Redis hash; null if the hash does not exist. */
export function recordOf(fields: Record<string, string>): OutcomeRecord | null {
  const { id, state, intent = '', intendedAt = '', requestId = '', sender = '', items = '' } = fields;
  return id === undefined || !isState(state) ? null : { id, state, intent, intendedAt, requestId, sender, items };
}

export function outcomeOfRecord({ id, state, ...record }: OutcomeRecord): StoredOutcome | null {
  if (state === 'forgotten') return null;
  return {
    id,
    state,
    ...(JSON.parse(record.intent) as Pick<StoredOutcome, 'scope' | 'idempotencyKey' | 'fingerprint' | 'batch'>),
    intendedAtMs: Number(record.intendedAt),
    requestId: record.requestId || null,
    sender: record.sender || null,
    items: record.items === '' ? null : (JSON.parse(record.items) as BatchItem[]),
  };
}

export function isFinal({ state }: Pick<OutcomeRecord, 'state'>): boolean {
  return state === 'done' || state === 'notDone';
}

function isState(state: string | undefined): state is OutcomeState {
  return state === 'open' || state === 'ambiguous' || state === 'done' || state === 'notDone';
}
