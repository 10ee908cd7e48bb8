import { describe, expect, it } from 'vitest';

import { decodeStatusEvent } from '../../src/upstream/events/decodeStatusEvent.ts';
import type { WireJournal } from '../../src/upstream/wire/apiBodies.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { startBoth } from '../kit/startGateway.ts';
import { startStubbed } from '../kit/startStubbed.ts';
import { json } from '../kit/StubUpstream.ts';

import {
  batchRequest,
  batchResponse,
  createRequest,
  eventV1,
  eventV2,
  newestJNLC,
  newestJNLS,
  openApiExample,
  openApiJNLC,
  openApiPending,
  openApiQueued,
  reverseBatchRequest,
  reverseBatchResponse,
  sampleJNLC,
  sampleJNLS,
} from './samples.ts';

const everyField = `
  __typename id entryType status rawStatus isFinal fromAccount { id } toAccount { id } settleDate systemDate description
  currency createdAt transmitterInfo { originatorFullName originatorBankName }
  ... on JNLC { netAmount transmitterName transmitterAccountNumber transmitterAddress transmitterFinancialInstitution
    transmitterTimestamp }
  ... on JNLS { symbol qty price }`;

/**
 * Returns a journal of the API as GraphQL shows it: with the same values, except that the status is in upper case, a
 * missing currency is USD, and other missing fields are null.
 */
function shown(wire: WireJournal): Record<string, unknown> {
  const info = wire.transmitter_info;
  const both = {
    __typename: wire.entry_type,
    id: wire.id,
    entryType: wire.entry_type,
    status: wire.status.toUpperCase(),
    rawStatus: wire.status,
    isFinal: false,
    fromAccount: { id: wire.from_account },
    toAccount: { id: wire.to_account },
    settleDate: wire.settle_date ?? null,
    systemDate: wire.system_date ?? null,
    description: wire.description ?? null,
    currency: wire.currency ?? 'USD',
    createdAt: wire.created_at ?? null,
    transmitterInfo: info
      ? { originatorFullName: info.originator_full_name, originatorBankName: info.originator_bank_name }
      : null,
  };
  if (wire.entry_type === 'JNLS') return { ...both, symbol: wire.symbol, qty: wire.qty, price: wire.price };
  return {
    ...both,
    netAmount: wire.net_amount,
    transmitterName: wire.transmitter_name ?? null,
    transmitterAccountNumber: wire.transmitter_account_number ?? null,
    transmitterAddress: wire.transmitter_address ?? null,
    transmitterFinancialInstitution: wire.transmitter_financial_institution ?? null,
    transmitterTimestamp: wire.transmitter_timestamp ?? null,
  };
}

const batchMutation = (name: string, type: string) => `
  mutation ($input: ${type}!) { ${name}(input: $input) {
    ... on ${type.replace('Input', 'Success')} { results { entryIndex errorMessage journal { ${everyField} } } }
    ... on JournalError { message } } }`;

const mutations = {
  createJournal: `mutation ($input: CreateJournalInput!) { createJournal(input: $input) {
    ... on CreateJournalSuccess { journal { ${everyField} } } ... on JournalError { message } } }`,
  createBatchJournal: batchMutation('createBatchJournal', 'CreateBatchJournalInput'),
  createReverseBatchJournal: batchMutation('createReverseBatchJournal', 'CreateReverseBatchJournalInput'),
};

const inputs = {
  createJournal: {
    jnlc: {
      fromAccount: sweep,
      toAccount: customer,
      amount: createRequest.amount,
      description: createRequest.description,
    },
  },
  createBatchJournal: {
    fromAccount: batchRequest.from_account,
    entries: batchRequest.entries.map(({ to_account, amount }) => ({ toAccount: to_account, amount })),
  },
  createReverseBatchJournal: {
    toAccount: reverseBatchRequest.to_account,
    entries: reverseBatchRequest.entries.map(({ from_account, amount }) => ({ fromAccount: from_account, amount })),
  },
};

interface BatchAnswer {
  results: { entryIndex: number; errorMessage: string | null; journal: { status: string; netAmount: string } }[];
}

describe('a documented response', () => {
  it.each([
    ['JNLC', sampleJNLC],
    ['JNLS', sampleJNLS],
    ['OpenAPI example', openApiExample],
    ['OpenAPI example-pending', openApiPending],
    ['OpenAPI example-queued', openApiQueued],
    ['OpenAPI JNLC example', openApiJNLC],
    ['newest JNLC', newestJNLC],
    ['newest JNLS', newestJNLS],
  ])('(%s) is returned unchanged by a list and by a create', async (_label, sample) => {
    const { url } = await startStubbed((seen, response) =>
      json(200, seen.url.startsWith('/v1/journals?') ? [sample] : sample)(seen, response),
    );

    const listed = await ask(url, `{ journals(first: 5) { nodes { ${everyField} } } }`);
    const created = await ask(url, mutations.createJournal, { input: inputs.createJournal });

    expect(listed).toEqual({ data: { journals: { nodes: [shown(sample)] } } });
    expect(created).toEqual({ data: { createJournal: { journal: shown(sample) } } });
  });

  it.each([
    ['createBatchJournal', batchResponse],
    ['createReverseBatchJournal', reverseBatchResponse],
  ] as const)('to %s is returned unchanged, each journal with its entry', async (name, response) => {
    const { url } = await startStubbed(json(200, response));

    const { data, errors } = await ask<Record<string, BatchAnswer>>(url, mutations[name], { input: inputs[name] });

    expect(errors).toBeUndefined();
    expect(data?.[name]?.results).toEqual(
      response.map((item, entryIndex) => ({ entryIndex, errorMessage: null, journal: shown(item) })),
    );
  });
});

describe('a documented event', () => {
  it('of v2 is read with every field', () => {
    expect(decodeStatusEvent(eventV2)).toEqual({
      id: '01HCMJK2ZKCPTYXMJYS66T0QJJ',
      at: '2026-10-13T13:11:10.57913Z',
      journalId: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
      entryType: 'JNLC',
      statusFrom: null,
      rawStatusFrom: null,
      statusTo: 'queued',
      rawStatusTo: 'queued',
      description: '…',
      idempotencyKey: '72bdf18f-…',
      idempotencyKeyType: 'SINGLE',
      batchErrorMessage: null,
    });
  });

  it('of v1 is read with its ULID', () => {
    expect(decodeStatusEvent(eventV1)).toEqual({
      id: '01HCMJK2ZKCPTYXMJYS66T0QJK',
      at: '2026-10-13T13:11:10.57913Z',
      journalId: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
      entryType: 'JNLS',
      statusFrom: 'queued',
      rawStatusFrom: 'queued',
      statusTo: 'sent_to_clearing',
      rawStatusTo: 'sent_to_clearing',
      description: null,
      idempotencyKey: null,
      idempotencyKeyType: null,
      batchErrorMessage: null,
    });
  });
});

describe('a documented request', () => {
  it.each([
    ['createJournal', '/v1/journals', { ...createRequest, from_account: sweep, to_account: customer }, newestJNLC],
    ['createBatchJournal', '/v1/journals/batch', batchRequest, batchResponse],
    ['createReverseBatchJournal', '/v1/journals/reverse_batch', reverseBatchRequest, reverseBatchResponse],
  ] as const)('of %s is sent with its values unchanged', async (name, path, sample, response) => {
    const { stub, url } = await startStubbed(json(200, response));

    await ask(url, mutations[name], { input: inputs[name] });

    const [sent] = stub.calls;
    expect([sent?.method, sent?.url]).toEqual(['POST', path]);
    expect(JSON.parse(sent?.body ?? '')).toEqual(sample);
    expect(sent?.headers['content-type']).toBe('application/json');
  });

  it('of createJournal is accepted by the sandbox: its fixture makes the journal pending, and its description is unchanged', async () => {
    const { gateway } = await startBoth({ clockMode: 'manual', settleDelayMs: 0 });

    const { data } = await ask<{ createJournal: { journal: unknown } }>(gateway.url, mutations.createJournal, {
      input: inputs.createJournal,
    });

    expect(data?.createJournal.journal).toMatchObject({
      status: 'PENDING',
      netAmount: '51',
      description: 'test text /fixtures/status=rejected/fixtures/',
      fromAccount: { id: sweep },
      toAccount: { id: customer },
    });
  });

  it.each([
    ['createBatchJournal', ['10', '100', '1000']],
    ['createReverseBatchJournal', ['10', '100', '100']],
  ] as const)('of %s is accepted by the sandbox with every entry', async (name, amounts) => {
    const { gateway } = await startBoth({ clockMode: 'manual' });

    const { data } = await ask<Record<string, BatchAnswer>>(gateway.url, mutations[name], { input: inputs[name] });

    const results = data?.[name]?.results ?? [];
    expect(
      results.map(({ entryIndex, errorMessage, journal }) => [entryIndex, errorMessage, journal.netAmount]),
    ).toEqual(amounts.map((amount, index) => [index, null, amount]));
  });
});
