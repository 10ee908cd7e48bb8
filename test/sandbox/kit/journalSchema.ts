/**
 * The newest documented journal as a JSON Schema: every key is there, null where nothing applies.
 * Written from the vendor's reference, not from the sandbox.
 */

const decimal = { type: 'string', pattern: '^\\d+(\\.\\d+)?$' } as const;
const uuid = { type: 'string', format: 'uuid' } as const;
const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] });
const short = nullable({ type: 'string', maxLength: 255 });

const transmitterInfo = {
  type: 'object',
  additionalProperties: false,
  required: ['originator_full_name', 'other_identifying_information'],
  properties: {
    originator_full_name: nullable({ type: 'string' }),
    originator_street_address: nullable({ type: 'string' }),
    originator_city: nullable({ type: 'string' }),
    originator_state: nullable({ type: 'string' }),
    originator_postal_code: nullable({ type: 'string' }),
    originator_country: nullable({ type: 'string' }),
    originator_bank_account_number: nullable({ type: 'string' }),
    originator_bank_name: nullable({ type: 'string' }),
    other_identifying_information: nullable({ type: 'string' }),
  },
} as const;

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
  transmitter_name: short,
  transmitter_account_number: short,
  transmitter_address: short,
  transmitter_financial_institution: short,
  transmitter_timestamp: nullable({ type: 'string', format: 'date-time' }),
  transmitter_info: nullable(transmitterInfo),
};

const nothing = { type: 'null' } as const;

const byEntryType = [
  { properties: { entry_type: { const: 'JNLC' }, net_amount: decimal, symbol: nothing, qty: nothing, price: nothing } },
  { properties: { entry_type: { const: 'JNLS' }, net_amount: nothing, symbol: { type: 'string' }, qty: decimal } },
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
