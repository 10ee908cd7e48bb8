/**
 * The newest documented journal as a JSON Schema. Every key is present. Texts that were not given are `""`; fields of
 * the other entry type and fields that are not assigned yet are null. Written from the vendor's reference, not from the
 * sandbox.
 */

const decimal = { type: 'string', pattern: '^\\d+(\\.\\d+)?$' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;
const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const short = { type: 'string', maxLength: 255 } as const;
const text = { type: 'string' } as const;

const transmitterInfoProperties = {
  originator_full_name: text,
  originator_street_address: text,
  originator_city: text,
  originator_state: text,
  originator_postal_code: text,
  originator_country: text,
  originator_bank_account_number: text,
  originator_bank_name: text,
  other_identifying_information: text,
};

/** Travel Rule data of cash journals. */
const transmitterProperties = {
  transmitter_name: short,
  transmitter_account_number: short,
  transmitter_address: short,
  transmitter_financial_institution: short,
  transmitter_timestamp: { anyOf: [{ type: 'string', format: 'date-time' }, { const: '' }] },
  transmitter_info: {
    type: 'object',
    additionalProperties: false,
    required: Object.keys(transmitterInfoProperties),
    properties: transmitterInfoProperties,
  },
};

const properties = {
  id: uuid,
  entry_type: { enum: ['JNLC', 'JNLS'] },
  from_account: uuid,
  to_account: uuid,
  status: {
    enum: [
      'queued',
      'sent_to_clearing',
      'pending',
      'executed',
      'activity_created',
      'rejected',
      'canceled',
      'refused',
      'deleted',
      'correct',
    ],
  },
  symbol: nullable({ type: 'string', minLength: 1 }),
  qty: nullable(decimal),
  price: nullable(decimal),
  net_amount: nullable(decimal),
  settle_date: nullable({ type: 'string', format: 'date' }),
  system_date: nullable({ type: 'string', format: 'date' }),
  description: { type: 'string', maxLength: 1_024 },
  currency: { type: 'string', pattern: '^[A-Z]{3}$' },
  created_at: { type: 'string', format: 'date-time' },
  ...Object.fromEntries(Object.keys(transmitterProperties).map((name) => [name, true])),
};

const nothing = { type: 'null' } as const;

const allNothing = (names: object) => Object.fromEntries(Object.keys(names).map((name) => [name, nothing]));

const byEntryType = [
  {
    properties: {
      entry_type: { const: 'JNLC' },
      net_amount: decimal,
      symbol: nothing,
      qty: nothing,
      price: nothing,
      ...transmitterProperties,
    },
  },
  {
    properties: {
      entry_type: { const: 'JNLS' },
      net_amount: nothing,
      symbol: { type: 'string' },
      qty: decimal,
      ...allNothing(transmitterProperties),
    },
  },
];

export const journalSchema = {
  type: 'object',
  required: Object.keys(properties),
  additionalProperties: false,
  properties,
  oneOf: byEntryType,
};

export const batchJournalSchema = {
  ...journalSchema,
  required: [...journalSchema.required, 'error_message'],
  properties: { ...properties, error_message: { type: 'string' } },
};
