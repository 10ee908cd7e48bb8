/** GraphQL Yoga and Pothos as documented, with the global fetch. */
import { createServer } from 'node:http';

import SchemaBuilder from '@pothos/core';
import DataLoader from 'dataloader';
import { GraphQLScalarType } from 'graphql';
import { createYoga } from 'graphql-yoga';

import { announce, authorization, connectionOf, createBody, listPath, upstreamUrl } from './journalsApi.js';

const builder = new SchemaBuilder({});
for (const name of ['Date', 'DateTime', 'Decimal']) builder.addScalarType(name, new GraphQLScalarType({ name }));
const statuses =
  'QUEUED SENT_TO_CLEARING EXECUTED ACTIVITY_CREATED PENDING REJECTED CANCELED REFUSED CORRECT DELETED'.split(' ');
const JournalStatus = builder.enumType('JournalStatus', { values: statuses });
const Account = builder.objectRef('Account').implement({ fields: (t) => ({ id: t.exposeID('id') }) });
const Journal = builder.interfaceRef('Journal').implement({
  resolveType: ({ entry_type }) => entry_type,
  fields: (t) => ({
    id: t.exposeID('id'),
    status: t.field({ type: JournalStatus, resolve: ({ status }) => status.toUpperCase() }),
    fromAccount: t.field({ type: Account, resolve: ({ from_account }) => ({ id: from_account }) }),
    toAccount: t.field({ type: Account, resolve: ({ to_account }) => ({ id: to_account }) }),
    settleDate: t.field({ type: 'Date', nullable: true, resolve: ({ settle_date }) => settle_date }),
    createdAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ created_at }) => created_at }),
    description: t.exposeString('description', { nullable: true }),
  }),
});
builder.objectRef('JNLC').implement({
  interfaces: [Journal],
  fields: (t) => ({
    netAmount: t.field({ type: 'Decimal', resolve: ({ net_amount }) => net_amount }),
    currency: t.exposeString('currency', { nullable: true }),
  }),
});
builder.objectRef('JNLS').implement({
  interfaces: [Journal],
  fields: (t) => ({
    symbol: t.exposeString('symbol'),
    qty: t.field({ type: 'Decimal', resolve: ({ qty }) => qty }),
    price: t.field({ type: 'Decimal', nullable: true, resolve: ({ price }) => price }),
  }),
});
const PageInfo = builder.objectRef('PageInfo').implement({
  fields: (t) => ({
    hasNextPage: t.exposeBoolean('hasNextPage'),
    endCursor: t.exposeString('endCursor', { nullable: true }),
  }),
});
const JournalConnection = builder.objectRef('JournalConnection').implement({
  fields: (t) => ({
    nodes: t.field({ type: [Journal], resolve: ({ nodes }) => nodes }),
    pageInfo: t.field({ type: PageInfo, resolve: ({ pageInfo }) => pageInfo }),
  }),
});
const JournalFilter = builder.inputType('JournalFilter', {
  fields: (t) => ({ createdAfter: t.field({ type: 'Date' }) }),
});
const CreateJNLCInput = builder.inputType('CreateJNLCInput', {
  fields: (t) => ({
    fromAccount: t.id({ required: true }),
    toAccount: t.id({ required: true }),
    amount: t.field({ type: 'Decimal', required: true }),
  }),
});
const CreateJournalInput = builder.inputType('CreateJournalInput', {
  fields: (t) => ({ jnlc: t.field({ type: CreateJNLCInput }) }),
});
const CreateJournalSuccess = builder.objectRef('CreateJournalSuccess').implement({
  fields: (t) => ({ journal: t.field({ type: Journal, resolve: ({ journal }) => journal }) }),
});
const OtherRefusalError = builder
  .objectRef('OtherRefusalError')
  .implement({ fields: (t) => ({ message: t.exposeString('message') }) });
const CreateJournalResult = builder.unionType('CreateJournalResult', {
  types: [CreateJournalSuccess, OtherRefusalError],
  resolveType: () => 'CreateJournalSuccess',
});
builder.queryType({
  fields: (t) => ({
    journal: t.field({
      type: Journal,
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, { journals }) => journals.load(id),
    }),
    journals: t.field({
      type: JournalConnection,
      nullable: true,
      args: { first: t.arg.int(), filter: t.arg({ type: JournalFilter }) },
      resolve: async (_root, { first, filter }) => connectionOf(await call(listPath(filter?.createdAfter)), first),
    }),
  }),
});
builder.mutationType({
  fields: (t) => ({
    createJournal: t.field({
      type: CreateJournalResult,
      nullable: true,
      args: { input: t.arg({ type: CreateJournalInput, required: true }) },
      resolve: async (_root, { input }) => ({
        journal: await call('/v1/journals', { method: 'POST', body: JSON.stringify(createBody(input.jnlc)) }),
      }),
    }),
  }),
});

async function call(path, options) {
  const headers = { authorization, 'content-type': 'application/json' };
  const response = await fetch(upstreamUrl + path, { ...options, headers });
  return response.json();
}

const yoga = createYoga({
  schema: builder.toSchema(),
  context: () => ({ journals: new DataLoader((ids) => Promise.all(ids.map((id) => call(`/v1/journals/${id}`)))) }),
});
const server = createServer(yoga).listen(0, '127.0.0.1', () => announce(server.address().port));
