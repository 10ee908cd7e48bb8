/** Apollo Server with its REST data source, as documented. */
import { RESTDataSource } from '@apollo/datasource-rest';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

import { announce, authorization, listPath, resolvers, typeDefs, upstreamUrl } from './journalsApi.js';

class JournalsSource extends RESTDataSource {
  baseURL = upstreamUrl;

  willSendRequest(_path, request) {
    request.headers.authorization = authorization;
  }

  read(id) {
    return this.get(`/v1/journals/${id}`);
  }

  list(createdAfter) {
    return this.get(listPath(createdAfter));
  }

  create(body) {
    return this.post('/v1/journals', { body });
  }
}

const types = Object.fromEntries(
  Object.entries(resolvers).map(([name, { resolveType, ...fields }]) => [
    name,
    resolveType ? { __resolveType: resolveType } : fields,
  ]),
);
const server = new ApolloServer({ typeDefs, resolvers: types });
const { url } = await startStandaloneServer(server, {
  context: async () => new JournalsSource({ cache: server.cache }),
  listen: { port: 0, host: '127.0.0.1' },
});
announce(new URL(url).port);
