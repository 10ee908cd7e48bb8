import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';

import { type BatchJournal, type Journal, ann, cash, shares, sweep } from './kit/journals.ts';
import { startClassic, startSandbox } from './kit/startSandbox.ts';
import { batchJournalSchema, journalSchema } from './kit/journalSchema.ts';

const ajv = new Ajv2020({ allErrors: true });
addFormats.default(ajv);
const validateJournal = ajv.compile(journalSchema);
const validateBatchJournal = ajv.compile(batchJournalSchema);

const transmitter = {
  transmitter_name: 'Ada',
  transmitter_account_number: '123',
  transmitter_address: '1 Main St',
  transmitter_financial_institution: 'First Bank',
  transmitter_timestamp: '2026-01-02T03:04:05+01:00',
};

describe('the newest shape', () => {
  it.each([
    ['JNLC', cash()],
    ['JNLC with Travel Rule fields', cash(transmitter)],
    ['JNLC with one Travel Rule field', cash({ transmitter_name: 'Ada' })],
    ['pending JNLC', cash({ amount: '51' })],
    ['JNLC in another currency', cash({ currency: 'EUR' })],
    ['JNLS', shares()],
  ])('of a %s has every key when created, read, listed and executed', async (_what, body) => {
    const { client } = await startClassic();

    const { body: created } = await client.post<Journal>('/v1/journals', body);
    await client.post('/sandbox/clock', { advanceMs: 86_400_000 });
    const { body: read } = await client.get<Journal>(`/v1/journals/${created.id}`);
    const { body: listed } = await client.get<Journal[]>('/v1/journals');

    for (const journal of [created, read, ...listed]) {
      validateJournal(journal);
      expect(validateJournal.errors).toBeNull();
    }
    expect(read.status).toBe('executed');
  });

  it.each(['rejected', 'refused', 'canceled', 'deleted', 'correct', 'activity_created'])(
    'also has every key for a journal with the status %s',
    async (status) => {
      const { client } = await startSandbox();
      const { body: journal } = await client.post<Journal>('/v1/journals', cash());
      await client.post('/sandbox/clock', { advanceMs: 1_000 });

      await client.post(`/sandbox/journals/${journal.id}/status`, { status, amount: '2' });

      const { body } = await client.get<Journal[]>('/v1/journals');
      for (const listed of body) {
        validateJournal(listed);
        expect(validateJournal.errors).toBeNull();
      }
      expect(body.find(({ id }) => id === journal.id)?.status).toBe(status);
    },
  );

  it('of batch items also has error_message', async () => {
    const { client } = await startSandbox();
    const entries = [
      { to_account: ann, amount: '1' },
      { to_account: ann, amount: '2', description: '/fixtures/status=refused/fixtures/' },
    ];

    const { body } = await client.post<BatchJournal[]>('/v1/journals/batch', {
      entry_type: 'JNLC',
      from_account: sweep,
      entries,
    });

    for (const item of body) {
      validateBatchJournal(item);
      expect(validateBatchJournal.errors).toBeNull();
    }
  });

  it('has created_at with microseconds', async () => {
    const { client } = await startSandbox();
    await client.post('/sandbox/clock', { to: '2126-01-01T00:00:00.123456Z' });

    const { body } = await client.post<Journal>('/v1/journals', cash());

    expect(body.created_at).toBe('2126-01-01T00:00:00.123456Z');
  });
});

describe('the old shape', () => {
  it('is the shape of the samples in the API documentation', async () => {
    const { client } = await startClassic({ answerShape: 'old' });

    const { body: money } = await client.post<Journal>('/v1/journals', cash());
    const { body: stock } = await client.post<Journal>('/v1/journals', shares());

    expect(money).toEqual({
      id: money.id,
      entry_type: 'JNLC',
      from_account: sweep,
      to_account: ann,
      symbol: '',
      qty: null,
      price: '0',
      status: 'queued',
      settle_date: null,
      system_date: null,
      net_amount: '10',
      description: '',
    });
    expect(stock).toMatchObject({ symbol: 'AAPL', qty: '2', price: '128.23' });
    expect(stock).not.toHaveProperty('net_amount');
    expect(stock).not.toHaveProperty('currency');
  });
});
