import type { InputFieldBuilder } from '@pothos/core';

import type { builder } from './builder.ts';

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;

/** The Travel Rule fields that cash journals and batch entries share. */
export function transmitterFields(t: InputFieldBuilder<Types, 'InputObject'>) {
  return {
    transmitterName: t.string({ description: 'Travel Rule: name of the transmitter, at most 255 characters.' }),
    transmitterAccountNumber: t.string({ description: 'Travel Rule: their account number, at most 255 characters.' }),
    transmitterAddress: t.string({ description: 'Travel Rule: their address, at most 255 characters.' }),
    transmitterFinancialInstitution: t.string({ description: 'Travel Rule: their bank, at most 255 characters.' }),
    transmitterTimestamp: t.field({ type: 'DateTime', description: 'Travel Rule: when the transmittal was ordered.' }),
  };
}

export const idempotencyKeyAdvice =
  'Always send an idempotencyKey: a client library may repeat a mutation by itself, and a key that the gateway made is ' +
  'lost with a lost answer. Without one the gateway makes a UUID and returns it.';

export const replayedDescription =
  'True when the key had been used before and this is the earlier outcome, false when this call moved it; null when ' +
  'the API does not date the journal, or dates it so shortly before this call that nothing tells.';
