import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';

import { buildSchema, graphql } from 'graphql';

import { closeLater } from '../../kit/closeLater.ts';

const sdl = `
  extend schema @link(
    url: "https://specs.apollo.dev/federation/v2.3"
    import: ["@key", "@shareable", "@interfaceObject"]
  )

  type Query {
    notes: [Note!]!
    people: [Person!]!
  }

  type Note {
    text: String!
    journal: Journal
    pageInfo: PageInfo
  }

  type Person {
    name: String!
    account: Account
  }

  type Account @key(fields: "id") {
    id: ID!
    ownerName: String!
  }

  type Journal @key(fields: "id") @interfaceObject {
    id: ID!
    noteCount: Int!
  }

  type PageInfo @shareable {
    hasNextPage: Boolean!
    hasPreviousPage: Boolean!
    startCursor: String
    endCursor: String
  }
`;

const served = buildSchema(
  `${sdl}
  scalar _Any
  type _Service { sdl: String! }
  union _Entity = Account | Journal
  extend type Query { _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }`,
  { assumeValidSDL: true },
);

interface Reference {
  __typename: string;
  id: string;
}

/**
 * Starts a second subgraph, whose people and notes refer to accounts and journals of the gateway. It is closed when the
 * test ends.
 *
 * @returns its URL
 */
export async function startPeopleSubgraph(accounts: string[], journals: string[]): Promise<string> {
  const resolvers = {
    _service: { sdl },
    _entities: ({ representations }: { representations: Reference[] }) =>
      representations.map((reference) => ({ ...reference, ownerName: `owner of ${reference.id}`, noteCount: 1 })),
    people: accounts.map((id) => ({ name: `owner of ${id}`, account: { id } })),
    notes: journals.map((id) => ({ text: `note on ${id}`, journal: { id } })),
  };
  const server = createServer((request, response) => {
    const answer = async () => {
      const { query, variables } = (await json(request)) as { query: string; variables?: Record<string, unknown> };
      const result = await graphql({
        schema: served,
        source: query,
        rootValue: resolvers,
        ...(variables ? { variableValues: variables } : {}),
      });
      response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
    };
    answer().catch((error: unknown) => response.writeHead(500).end(String(error)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closeLater(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
