/**
 * A federation router: `node router.js NAME=URL…` composes the subgraphs that run at these URLs, serves the supergraph
 * with Apollo Gateway on a free port, and prints its URL. The `Authorization` header of each client is forwarded to
 * the subgraphs. The requests for their schemas send the environment variable AUTHORIZATION instead.
 */
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

import { composeSubgraphs } from './composeSubgraphs.js';

class Subgraph extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    if (context.authorization) request.http?.headers.set('authorization', context.authorization);
  }
}

const supergraphSdl = await composeSubgraphs(process.argv.slice(2));
const gateway = new ApolloGateway({ supergraphSdl, buildService: ({ url }) => new Subgraph({ url }) });
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({ authorization: req.headers.authorization }),
});
console.log(`router     ${url}`);
