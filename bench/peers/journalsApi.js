/** What the peers share: their configuration, and the schema and the mapping of a journal in plain JavaScript. */

export const upstreamUrl = process.env.APCA_BROKER_BASE_URL ?? '';
const key = `${process.env.APCA_BROKER_KEY_ID}:${process.env.APCA_BROKER_SECRET_KEY}`;
export const authorization = `Basic ${Buffer.from(key).toString('base64')}`;

/** The part of the gateway's contract that the benchmark uses. */
export const typeDefs = /* GraphQL */ `
  scalar Date
  scalar DateTime
  scalar Decimal
  enum JournalStatus {
    QUEUED
    SENT_TO_CLEARING
    EXECUTED
    ACTIVITY_CREATED
    PENDING
    REJECTED
    CANCELED
    REFUSED
    CORRECT
    DELETED
  }
  type Account {
    id: ID!
  }
  interface Journal {
    id: ID!
    status: JournalStatus!
    fromAccount: Account!
    toAccount: Account!
    settleDate: Date
    createdAt: DateTime
    description: String
  }
  type JNLC implements Journal {
    id: ID!
    status: JournalStatus!
    fromAccount: Account!
    toAccount: Account!
    settleDate: Date
    createdAt: DateTime
    description: String
    netAmount: Decimal!
    currency: String
  }
  type JNLS implements Journal {
    id: ID!
    status: JournalStatus!
    fromAccount: Account!
    toAccount: Account!
    settleDate: Date
    createdAt: DateTime
    description: String
    symbol: String!
    qty: Decimal!
    price: Decimal
  }
  input JournalFilter {
    createdAfter: Date
  }
  type PageInfo {
    hasNextPage: Boolean!
    endCursor: String
  }
  type JournalConnection {
    nodes: [Journal!]!
    pageInfo: PageInfo!
  }
  input CreateJNLCInput {
    fromAccount: ID!
    toAccount: ID!
    amount: Decimal!
  }
  input CreateJournalInput {
    jnlc: CreateJNLCInput
  }
  type CreateJournalSuccess {
    journal: Journal!
  }
  type OtherRefusalError {
    message: String!
  }
  union CreateJournalResult = CreateJournalSuccess | OtherRefusalError
  type Query {
    journal(id: ID!): Journal
    journals(first: Int, filter: JournalFilter): JournalConnection
  }
  type Mutation {
    createJournal(input: CreateJournalInput!): CreateJournalResult
  }
`;

/** Resolvers of `typeDefs`. The context has `list`, `read` and `create`. */
export const resolvers = {
  Journal: { resolveType: ({ entry_type }) => entry_type },
  CreateJournalResult: { resolveType: () => 'CreateJournalSuccess' },
  ...Object.fromEntries(['JNLC', 'JNLS'].map((type) => [type, journalFields(type)])),
  Query: {
    journal: (_root, { id }, context) => context.read(id),
    journals: async (_root, { first, filter }, context) =>
      connectionOf(await context.list(filter?.createdAfter), first),
  },
  Mutation: {
    createJournal: async (_root, { input }, context) => ({ journal: await context.create(createBody(input.jnlc)) }),
  },
};

function journalFields(type) {
  return {
    status: ({ status }) => status.toUpperCase(),
    fromAccount: ({ from_account }) => ({ id: from_account }),
    toAccount: ({ to_account }) => ({ id: to_account }),
    settleDate: ({ settle_date }) => settle_date,
    createdAt: ({ created_at }) => created_at,
    ...(type === 'JNLC' && { netAmount: ({ net_amount }) => net_amount }),
  };
}

export function connectionOf(journals, first) {
  const nodes = journals.slice(0, first);
  return { nodes, pageInfo: { hasNextPage: journals.length > nodes.length, endCursor: nodes.at(-1)?.id ?? null } };
}

export function createBody({ fromAccount, toAccount, amount }) {
  return { entry_type: 'JNLC', from_account: fromAccount, to_account: toAccount, amount };
}

export function listPath(createdAfter) {
  return createdAfter ? `/v1/journals?after=${createdAfter}` : '/v1/journals';
}

/** Prints the address, from which the benchmark reads the port. */
export function announce(port) {
  console.log(`listening on http://127.0.0.1:${port}`);
}
