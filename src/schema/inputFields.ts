import type { InputFieldBuilder } from '@pothos/core';

import type { builder } from './builder.ts';

type Types = typeof builder extends PothosSchemaTypes.SchemaBuilder<infer T> ? T : never;
export type InputFields = InputFieldBuilder<Types, 'InputObject'>;

export const receiver = 'The UUID of the account that receives.';
export const payer = 'The UUID of the account that pays.';
export const amount = 'The amount of cash. Must be greater than 0.';
export const currency = "The ISO 4217 currency code. Defaults to the firm's own currency.";
export const description = 'A description of up to 1,024 characters.';

/** The Travel Rule fields that cash journals and batch entries share. */
export function transmitterFields(t: InputFields) {
  const text = (what: string) => t.string({ description: `Travel Rule: ${what}, up to 255 characters.` });
  return {
    transmitterName: text('the name of the transmitter'),
    transmitterAccountNumber: text('the account number of the transmitter'),
    transmitterAddress: text('the address of the transmitter'),
    transmitterFinancialInstitution: text('the financial institution of the transmitter'),
    transmitterTimestamp: t.field({
      type: 'DateTime',
      description: 'Travel Rule: the time at which the transmittal was ordered.',
    }),
  };
}

export const idempotencyKeyArgument =
  'A unique key of 1 to 128 characters, preferably a UUID. If no key is given, the gateway generates one.';

export const idempotencyKeyAdvice =
  'Always send an `idempotencyKey`: a client library may retry a mutation on its own, and a client that loses the ' +
  'response never learns a generated key.';

export const idempotencyKeyDescription = 'The idempotency key of the request: the given key, or the generated one.';

export const replayedUnknown =
  'Null if this is unknown: the API states no creation time or one shortly before this request, the response to an ' +
  'earlier request was lost, or the Redis that gateways share cannot be reached.';

export const replayedDescription =
  'Whether the key was used before. If true, this result is the outcome of the earlier request; if false, it is the ' +
  `outcome of this request. ${replayedUnknown}`;
