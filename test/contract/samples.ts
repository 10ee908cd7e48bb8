/** The samples of the Journals API's documentation, unchanged: with invented ids and outdated fields. */

/** "Sample JNLC Object". */
export const sampleJNLC = {
  id: 'h7h5g33f-ef01-4458-9a4b-9598727a406f',
  to_account: '3gtt65jd-6f2a-433c-8c33-17b66b8941fa',
  entry_type: 'JNLC',
  status: 'executed',
  from_account: '8fjkjn-4483-4199-840f-6c5fe0b7ca24',
  settle_date: '2020-12-24',
  system_date: '2020-12-24',
  net_amount: '115.5',
  description: 'this is a test journal',
  currency: 'USD',
};

/** "Sample JNLS Object". */
export const sampleJNLS = {
  id: 'f45g67h8-d1fc-4136-aa4f-cf4460aecdfc',
  to_account: 'g7h7rg66-6f2a-433c-8c33-17b66b8941fa',
  entry_type: 'JNLS',
  symbol: 'AAPL',
  qty: '0.5',
  price: '128.23',
  status: 'executed',
  from_account: '8k4f3d-4483-4199-840f-6c5fe0b7ca24',
  settle_date: '2020-12-24',
  system_date: '2020-12-24',
  description: 'this is a test journal',
};

/** OpenAPI, schema Journal: `example`. */
export const openApiExample = {
  id: 'h7h5g33f-ef01-4458-9a4b-9598727a406f',
  entry_type: 'JNLS',
  from_account: '8fjkjn-4483-4199-840f-6c5fe0b7ca24',
  to_account: '3gtt65jd-6f2a-433c-8c33-17b66b8941fa',
  status: 'executed',
  symbol: 'AAPL',
  qty: '2',
  settle_date: '2020-12-24',
  price: '128.23',
};

/** OpenAPI, schema Journal: `example-pending`. */
export const openApiPending = {
  id: '6d2cba43-cb57-4534-9603-a6e159167c0a',
  entry_type: 'JNLC',
  from_account: '3dcb795c-3ccc-402a-abb9-07e26a1b1326',
  to_account: '2a87c088-ffb6-472b-a4a3-cd9305c8605c',
  symbol: null,
  qty: null,
  price: '0',
  status: 'pending',
  settle_date: '2022-02-17',
  system_date: '2022-02-17',
  net_amount: '645',
  description: '',
};

/** OpenAPI, schema Journal: `example-queued`. */
export const openApiQueued = {
  id: '6d2cba43-cb57-4534-9603-a6e159167c0a',
  entry_type: 'JNLC',
  from_account: '3dcb795c-3ccc-402a-abb9-07e26a1b1326',
  to_account: '2a87c088-ffb6-472b-a4a3-cd9305c8605c',
  symbol: '',
  qty: null,
  price: '0',
  status: 'queued',
  settle_date: null,
  system_date: null,
  net_amount: '645',
  description: '',
};

/** OpenAPI, schema JNLC: `example`. */
export const openApiJNLC = {
  id: 'f45g67h8-d1fc-4136-aa4f-cf4460aecdfc',
  entry_type: 'JNLC',
  from_account: '8fjkjn-4483-4199-840f-6c5fe0b7ca24',
  to_account: '3gtt65jd-6f2a-433c-8c33-17b66b8941fa',
  status: 'pending',
  net_amount: '115.5',
};

/** The current fields of a JNLC, as documented: every key, null where it does not apply. */
export const newestJNLC = {
  id: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
  entry_type: 'JNLC',
  from_account: '8f8c8cee-2591-4f83-be12-82c659b5e748',
  to_account: 'd7017fd9-60dd-425b-a09a-63ff59368b62',
  symbol: null,
  qty: null,
  price: null,
  status: 'activity_created',
  settle_date: '2026-10-14',
  system_date: '2026-10-13',
  net_amount: '10',
  description: '',
  currency: 'USD',
  created_at: '2026-10-13T13:11:10.579134Z',
  transmitter_name: 'Ann Example',
  transmitter_account_number: '42',
  transmitter_address: '1 Main St, Springfield',
  transmitter_financial_institution: 'First Bank',
  transmitter_timestamp: '2026-10-13T15:11:10+02:00',
  transmitter_info: { originator_full_name: 'Ann Example', originator_bank_name: null },
};

/** The current fields of a JNLS, as documented. */
export const newestJNLS = {
  ...newestJNLC,
  entry_type: 'JNLS',
  symbol: 'AAPL',
  qty: '0.123456789',
  net_amount: null,
  status: 'sent_to_clearing',
  settle_date: null,
  system_date: null,
  transmitter_name: null,
  transmitter_account_number: null,
  transmitter_address: null,
  transmitter_financial_institution: null,
  transmitter_timestamp: null,
  transmitter_info: null,
};

/** "Creating a Journal", sample request. */
export const createRequest = {
  from_account: 'c94bu7rn-4483-4199-840f-6c5fe0b7ca24',
  entry_type: 'JNLC',
  to_account: 'fn68sbrk-6f2a-433c-8c33-17b66b8941fa',
  amount: '51',
  description: 'test text /fixtures/status=rejected/fixtures/',
};

/** "Creating a Batch Journal Transaction", sample request. */
export const batchRequest = {
  entry_type: 'JNLC',
  from_account: '8f8c8cee-2591-4f83-be12-82c659b5e748',
  entries: [
    { to_account: 'd7017fd9-60dd-425b-a09a-63ff59368b62', amount: '10' },
    { to_account: '94fa473d-9a92-40cd-908c-25da9fba1e65', amount: '100' },
    { to_account: '399f85f1-cbbd-4eaa-a934-70027fb5c1de', amount: '1000' },
  ],
};

/** What all journals of the sample responses to batches have in common. */
const batchJournal = {
  error_message: '',
  entry_type: 'JNLC',
  symbol: '',
  qty: null,
  settle_date: null,
  system_date: null,
  description: '',
};

/** "Creating a Batch Journal Transaction", sample response. */
export const batchResponse = [
  { id: '0a9152c4-d232-4b00-9102-5fa19aca40cb', to_account: 'd7017fd9-60dd-425b-a09a-63ff59368b62', net_amount: '10' },
  { id: '84379534-bcee-4c22-abe8-a4a6286dd100', to_account: '94fa473d-9a92-40cd-908c-25da9fba1e65', net_amount: '100' },
  {
    id: '56f106e5-25a4-4eee-96fa-25bb05dc86bc',
    to_account: '399f85f1-cbbd-4eaa-a934-70027fb5c1de',
    net_amount: '1000',
  },
].map((own) => ({ ...batchJournal, ...own, from_account: batchRequest.from_account, price: null, status: 'pending' }));

/** "Creating a Reverse Batch Journal Transaction", sample request; the OpenAPI document's is the same. */
export const reverseBatchRequest = {
  entry_type: 'JNLC',
  to_account: '8f8c8cee-2591-4f83-be12-82c659b5e748',
  entries: [
    { from_account: '8e00606a-c9ac-409a-ba45-f55e8f77984a', amount: '10' },
    { from_account: 'b9b19618-22dd-4e80-8432-fc9e1ba0b27d', amount: '100' },
    { from_account: 'c96a5e16-7fca-425a-b67b-0814d064bfc0', amount: '100' },
  ],
};

/** "Creating a Reverse Batch Journal Transaction", sample response. */
export const reverseBatchResponse = [
  {
    id: '6a6cfd09-21cb-4d7c-a656-268b93417491',
    from_account: '8e00606a-c9ac-409a-ba45-f55e8f77984a',
    net_amount: '10',
  },
  {
    id: 'dbf11812-8d4c-47e0-a460-1a1993fffce3',
    from_account: 'b9b19618-22dd-4e80-8432-fc9e1ba0b27d',
    net_amount: '100',
  },
  {
    id: '1f59b00b-dac9-4f67-80d7-dc1f6b0e214a',
    from_account: 'c96a5e16-7fca-425a-b67b-0814d064bfc0',
    net_amount: '100',
  },
].map((own) => ({ ...batchJournal, ...own, to_account: reverseBatchRequest.to_account, price: '0', status: 'queued' }));

/** An event of `GET /v2/events/journals/status`. */
export const eventV2 =
  '{"at":"2026-10-13T13:11:10.57913Z","description":"…","entry_type":"JNLC","event_id":"01HCMJK2ZKCPTYXMJYS66T0QJJ",' +
  '"idempotency_key":"72bdf18f-…","idempotency_key_type":"single","journal_id":"ddd26344-86af-4ba7-ae6a-bcec63129808",' +
  '"status_from":"","status_to":"queued"}';

/** An event of `GET /v1/events/journals/status`, as documented. */
export const eventV1 =
  '{"at":"2026-10-13T13:11:10.57913Z","entry_type":"JNLS","event_id":11758,"event_ulid":"01HCMJK2ZKCPTYXMJYS66T0QJK",' +
  '"journal_id":"ddd26344-86af-4ba7-ae6a-bcec63129808","status_from":"queued","status_to":"sent_to_clearing"}';
