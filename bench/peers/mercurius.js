/** Mercurius with its JIT and undici's Pool. */
import Fastify from 'fastify';
import mercurius from 'mercurius';

import { announce, resolvers, typeDefs } from './journalsApi.js';
import { createContext } from './pooledClient.js';

const app = Fastify();
const { Journal, CreateJournalResult, ...types } = resolvers;
await app.register(mercurius, {
  schema: typeDefs,
  resolvers: { ...types, Journal, CreateJournalResult },
  jit: 1,
  context: createContext,
});
await app.listen({ port: 0, host: '127.0.0.1' });
announce(app.server.address().port);
