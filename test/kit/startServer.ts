import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';

import { openToAll } from '../../src/auth/Authenticator.ts';
import { HttpServer } from '../../src/server/HttpServer.ts';
import { createPipeline, graphqlPath } from '../../src/server/pipeline.ts';
import { operationLog } from '../../src/server/operationLog.ts';
import { RunningOperations } from '../../src/server/RunningOperations.ts';
import { WebSocketServer } from '../../src/server/WebSocketServer.ts';

import { closeLater } from './leftovers.ts';
import { watchedLog } from './watchedLog.ts';

/** What the fields of the same names do, in the test's hands. */
export interface Behaviour {
  /** Query and mutation `work`. */
  work?: (signal: AbortSignal | undefined) => Promise<string> | string;
  /** Subscription `ticks`. */
  ticks?: (signal: AbortSignal | undefined) => AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>;
}

export interface StartedServer {
  readonly url: string;
  readonly running: RunningOperations;
  close(): Promise<void>;
}

/**
 * The server floor by itself: sockets and pipeline with a schema of three fields that do what the test says.
 * Closed when the test ends.
 */
export async function startServer(behaviour: Behaviour, graceMs = 10_000): Promise<StartedServer> {
  const running = new RunningOperations();
  const log = watchedLog();
  const authenticator = openToAll();
  const pipeline = await createPipeline({
    schema: schemaOf(behaviour),
    authenticator,
    createContext: (facts) => facts,
    log,
    running,
    observers: [operationLog(log)],
    graphiql: null,
  });
  const options = { host: '127.0.0.1', port: 0, graceMs };
  const server = new HttpServer(pipeline, new WebSocketServer(pipeline, authenticator, log), running, options);
  await server.listen();
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= server.close());
  closeLater(close);
  return { url: `${server.url}${graphqlPath}`, running, close };
}

interface OperationSignal {
  signal: AbortSignal | undefined;
}

function schemaOf({ work, ticks }: Behaviour): GraphQLSchema {
  const fields = {
    work: {
      type: GraphQLString,
      resolve: (_root: unknown, _args: unknown, { signal }: OperationSignal) => work?.(signal),
    },
    hello: { type: GraphQLString, resolve: () => 'hello' },
  };
  return new GraphQLSchema({
    query: new GraphQLObjectType({ name: 'Query', fields }),
    mutation: new GraphQLObjectType({ name: 'Mutation', fields }),
    subscription: new GraphQLObjectType({
      name: 'Subscription',
      fields: {
        ticks: {
          type: GraphQLString,
          subscribe: (_root: unknown, _args: unknown, { signal }: OperationSignal) => ticks?.(signal),
          resolve: (value: unknown) => value,
        },
      },
    }),
  });
}
