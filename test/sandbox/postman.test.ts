import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';

import { batchJournalSchema, journalSchema } from './kit/journalSchema.ts';
import type { Journal } from './kit/journals.ts';
import { startSandbox } from './kit/startSandbox.ts';

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);

/** The request bodies of the folder "Journals" in the vendor's Postman collection, unchanged. */
const journal = `{
  "from_account": "ad5273b3-9a49-45ff-9a26-a1ee91373425",
  "entry_type": "JNLC",
  "to_account": "7add5830-6083-40fa-aebc-12909a46dffb",
  "amount": "1",
  "description": "test text /fixtures/status=rejected/fixtures/"
}`;
const batch = `{
  "entry_type": "JNLC",
  "from_account": "ad5273b3-9a49-45ff-9a26-a1ee91373425",
  "entries": [
    {
      "to_account": "7021c60b-8bb5-4800-bc64-7e0e4412d3bd",
      "amount": "1"
    },
    {
      "to_account": "7add5830-6083-40fa-aebc-12909a46dffb",
      "amount": "1"
    }
  ]
}`;
const securities = {
  from_account: 'ad5273b3-9a49-45ff-9a26-a1ee91373425',
  entry_type: 'JNLS',
  to_account: '7add5830-6083-40fa-aebc-12909a46dffb',
  symbol: 'AAPL',
  qty: '1',
};

describe("the requests of the vendor's Postman collection", () => {
  it('for journals get 2xx when they are sent unchanged, in the order of the collection', async () => {
    const { client } = await startSandbox();

    const created = await client.post<Journal>('/v1/journals', journal);
    const batched = await client.post<Journal[]>('/v1/journals/batch', batch);
    const listed = await client.get<Journal[]>('/v1/journals');
    const deleted = await client.send('DELETE', `/v1/journals/${created.body.id}`);

    expect([created.status, batched.status, listed.status, deleted.status]).toEqual([200, 200, 200, 204]);
    expect(listed.body).toHaveLength(3);
    expect(ajv.validate(journalSchema, created.body), ajv.errorsText()).toBe(true);
    for (const item of batched.body) expect(ajv.validate(batchJournalSchema, item), ajv.errorsText()).toBe(true);
  });

  it('open the event stream, and their accounts can journal securities', async () => {
    const { client } = await startSandbox();
    const stream = await client.events('/v1/events/journals/status');

    const created = await client.post<Journal>('/v1/journals', securities);
    const read = await client.get<Journal>(`/v1/journals/${created.body.id}`);

    expect([created.status, read.status]).toEqual([200, 200]);
    expect(ajv.validate(journalSchema, read.body), ajv.errorsText()).toBe(true);
    expect(await stream.first(1)).toMatchObject([{ journal_id: created.body.id }]);
  });
});
