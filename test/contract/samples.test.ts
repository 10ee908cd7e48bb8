import { describe, expect, it } from 'vitest';

import { decodeStatusEvent } from '../../src/upstream/events/decodeStatusEvent.ts';
import { customer, sweep } from '../kit/accounts.ts';
import { ask } from '../kit/ask.ts';
import { startBoth, startGateway } from '../kit/startGateway.ts';
import { json, StubUpstream } from '../kit/StubUpstream.ts';

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

/** The fields that a sample may lack. */
const absent = {
  settleDate: null,
  systemDate: null,
  description: null,
  currency: 'USD',
  createdAt: null,
  transmitterInfo: null,
  isFinal: false,
};

const cash = {
  __typename: 'JNLC',
  entryType: 'JNLC',
  transmitterName: null,
  transmitterAccountNumber: null,
  transmitterAddress: null,
  transmitterFinancialInstitution: null,
  transmitterTimestamp: null,
};

const shares = { __typename: 'JNLS', entryType: 'JNLS', symbol: 'AAPL', price: '128.23' };

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
    [
      'JNLC',
      sampleJNLC,
      {
        ...absent,
        ...cash,
        id: 'h7h5g33f-ef01-4458-9a4b-9598727a406f',
        fromAccount: { id: '8fjkjn-4483-4199-840f-6c5fe0b7ca24' },
        toAccount: { id: '3gtt65jd-6f2a-433c-8c33-17b66b8941fa' },
        status: 'EXECUTED',
        rawStatus: 'executed',
        settleDate: '2020-12-24',
        systemDate: '2020-12-24',
        netAmount: '115.5',
        description: 'this is a test journal',
      },
    ],
    [
      'JNLS',
      sampleJNLS,
      {
        ...absent,
        ...shares,
        id: 'f45g67h8-d1fc-4136-aa4f-cf4460aecdfc',
        fromAccount: { id: '8k4f3d-4483-4199-840f-6c5fe0b7ca24' },
        toAccount: { id: 'g7h7rg66-6f2a-433c-8c33-17b66b8941fa' },
        status: 'EXECUTED',
        rawStatus: 'executed',
        settleDate: '2020-12-24',
        systemDate: '2020-12-24',
        qty: '0.5',
        description: 'this is a test journal',
      },
    ],
    [
      'OpenAPI example',
      openApiExample,
      {
        ...absent,
        ...shares,
        id: 'h7h5g33f-ef01-4458-9a4b-9598727a406f',
        fromAccount: { id: '8fjkjn-4483-4199-840f-6c5fe0b7ca24' },
        toAccount: { id: '3gtt65jd-6f2a-433c-8c33-17b66b8941fa' },
        status: 'EXECUTED',
        rawStatus: 'executed',
        settleDate: '2020-12-24',
        qty: '2',
      },
    ],
    [
      'OpenAPI example-pending',
      openApiPending,
      {
        ...absent,
        ...cash,
        id: '6d2cba43-cb57-4534-9603-a6e159167c0a',
        fromAccount: { id: '3dcb795c-3ccc-402a-abb9-07e26a1b1326' },
        toAccount: { id: '2a87c088-ffb6-472b-a4a3-cd9305c8605c' },
        status: 'PENDING',
        rawStatus: 'pending',
        settleDate: '2022-02-17',
        systemDate: '2022-02-17',
        netAmount: '645',
        description: '',
      },
    ],
    [
      'OpenAPI example-queued',
      openApiQueued,
      {
        ...absent,
        ...cash,
        id: '6d2cba43-cb57-4534-9603-a6e159167c0a',
        fromAccount: { id: '3dcb795c-3ccc-402a-abb9-07e26a1b1326' },
        toAccount: { id: '2a87c088-ffb6-472b-a4a3-cd9305c8605c' },
        status: 'QUEUED',
        rawStatus: 'queued',
        netAmount: '645',
        description: '',
      },
    ],
    [
      'OpenAPI JNLC example',
      openApiJNLC,
      {
        ...absent,
        ...cash,
        id: 'f45g67h8-d1fc-4136-aa4f-cf4460aecdfc',
        fromAccount: { id: '8fjkjn-4483-4199-840f-6c5fe0b7ca24' },
        toAccount: { id: '3gtt65jd-6f2a-433c-8c33-17b66b8941fa' },
        status: 'PENDING',
        rawStatus: 'pending',
        netAmount: '115.5',
      },
    ],
    [
      'newest JNLC',
      newestJNLC,
      {
        __typename: 'JNLC',
        id: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
        entryType: 'JNLC',
        fromAccount: { id: sweep },
        toAccount: { id: customer },
        status: 'ACTIVITY_CREATED',
        rawStatus: 'activity_created',
        isFinal: false,
        settleDate: '2026-10-14',
        systemDate: '2026-10-13',
        netAmount: '10',
        description: '',
        currency: 'USD',
        createdAt: '2026-10-13T13:11:10.579134Z',
        transmitterName: 'Ann Example',
        transmitterAccountNumber: '42',
        transmitterAddress: '1 Main St, Springfield',
        transmitterFinancialInstitution: 'First Bank',
        transmitterTimestamp: '2026-10-13T15:11:10+02:00',
        transmitterInfo: { originatorFullName: 'Ann Example', originatorBankName: null },
      },
    ],
    [
      'newest JNLS',
      newestJNLS,
      {
        ...absent,
        ...shares,
        id: 'ddd26344-86af-4ba7-ae6a-bcec63129808',
        fromAccount: { id: sweep },
        toAccount: { id: customer },
        status: 'SENT_TO_CLEARING',
        rawStatus: 'sent_to_clearing',
        qty: '0.123456789',
        price: null,
        description: '',
        createdAt: '2026-10-13T13:11:10.579134Z',
      },
    ],
  ])('(%s) is returned unchanged by a list and by a create', async (_label, sample, expected) => {
    const stub = await StubUpstream.start((seen, response) =>
      json(200, seen.url.startsWith('/v1/journals?') ? [sample] : sample)(seen, response),
    );
    const { url } = await startGateway(stub.url);

    const listed = await ask(url, `{ journals(first: 5) { nodes { ${everyField} } } }`);
    const created = await ask(url, mutations.createJournal, { input: inputs.createJournal });

    expect(listed).toEqual({ data: { journals: { nodes: [expected] } } });
    expect(created).toEqual({ data: { createJournal: { journal: expected } } });
  });

  it.each([
    ['createBatchJournal', batchResponse, 'PENDING'],
    ['createReverseBatchJournal', reverseBatchResponse, 'QUEUED'],
  ] as const)('to %s is returned unchanged, each journal with its entry', async (name, response, status) => {
    const stub = await StubUpstream.start(json(200, response));
    const { url } = await startGateway(stub.url);

    const { data, errors } = await ask<Record<string, BatchAnswer>>(url, mutations[name], { input: inputs[name] });

    expect(errors).toBeUndefined();
    expect(data?.[name]?.results).toEqual(
      response.map((item, index) => ({
        entryIndex: index,
        errorMessage: null,
        journal: {
          ...absent,
          ...cash,
          id: item.id,
          fromAccount: { id: item.from_account },
          toAccount: { id: item.to_account },
          status,
          rawStatus: item.status,
          netAmount: item.net_amount,
          description: '',
        },
      })),
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
    const stub = await StubUpstream.start(json(200, response));
    const { url } = await startGateway(stub.url);

    await ask(url, mutations[name], { input: inputs[name] });

    const [sent] = stub.calls;
    expect([sent?.method, sent?.url]).toEqual(['POST', path]);
    expect(JSON.parse(sent?.body ?? '')).toEqual(sample);
    expect(sent?.headers['content-type']).toBe('application/json');
  });

  it('of createJournal is accepted by the sandbox: the journal is pending above the limit and keeps its fixture', async () => {
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
