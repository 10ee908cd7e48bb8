/**
 * A federation router: `node router.js NAME=URL…` composes the subgraphs that run at these URLs, serves the supergraph on
 * a free port, and prints its URL. The `Authorization` of each client is passed on to the subgraphs. To read their
 * schemas, the router sends its own, from the variable AUTHORIZATION.
 */
import { composeServices } from '@apollo/composition';
import { ApolloGateway, RemoteGraphQLDataSource } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import { parse } from 'graphql';

class Subgraph extends RemoteGraphQLDataSource {
  willSendRequest({ request, context }) {
    if (context.authorization) request.http?.headers.set('authorization', context.authorization);
  }
}

const authorization = process.env.AUTHORIZATION;

async function readSubgraph(argument) {
  const [name, url] = argument.split(/=(.*)/, 2);
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
    body: JSON.stringify({ query: '{ _service { sdl } }' }),
  });
  const { data, errors } = await response.json();
  if (!data) throw new Error(`${name}: ${JSON.stringify(errors)}`);
  return { name, url, typeDefs: parse(data._service.sdl) };
}

const subgraphs = await Promise.all(process.argv.slice(2).map(readSubgraph));
const { supergraphSdl, errors, hints } = composeServices(subgraphs);
if (errors) throw new AggregateError(errors, errors.map(({ message }) => message).join('\n'));
for (const { message } of hints) console.log(`hint       ${message}`);

const gateway = new ApolloGateway({ supergraphSdl, buildService: ({ url }) => new Subgraph({ url }) });
const { url } = await startStandaloneServer(new ApolloServer({ gateway }), {
  listen: { port: 0, host: '127.0.0.1' },
  context: async ({ req }) => ({ authorization: req.headers.authorization }),
});
console.log(`router     ${url}`);
