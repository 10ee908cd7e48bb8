import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';

import { openToAll } from '../../src/auth/Authenticator.ts';
import type { Authenticator } from '../../src/auth/Authenticator.ts';
import type { Principal } from '../../src/auth/principal.ts';
import type { Limits } from '../../src/config/limits.ts';
import type { OperationFacts } from '../../src/context.ts';
import { HttpServer } from '../../src/server/http/HttpServer.ts';
import { ParseQueue } from '../../src/server/limits/ParseQueue.ts';
import { OpenSockets } from '../../src/server/connections/OpenSockets.ts';
import { createPipeline, graphqlPath } from '../../src/server/pipeline/pipeline.ts';
import { operationLog } from '../../src/server/observe/operationLog.ts';
import { RunningOperations } from '../../src/server/limits/RunningOperations.ts';
import { TrustedDocuments } from '../../src/server/pipeline/request/TrustedDocuments.ts';
import { WebSocketServer } from '../../src/server/websocket/WebSocketServer.ts';

import { defaultLimits } from './defaultLimits.ts';
import { closeLater } from './leftovers.ts';
import { watchedLog } from './watchedLog.ts';

/** What the fields of the same names do, in the test's hands. */
export interface Behaviour {
  /** Query and mutation `work`. */
  work?: (signal: AbortSignal | undefined) => Promise<string> | string;
  /** Subscription `ticks`. */
  ticks?: (signal: AbortSignal | undefined) => AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>;
  /** Subscription `told`, whose executions are shared: the events of one subscriber. */
  told?: (of: string | null, facts: OperationFacts) => AsyncIterable<object>;
  /** What its field `text` shows of an event to those who asked in this way. */
  show?: (event: object, asked: Asked) => Promise<string> | string;
}

export interface Asked {
  as: string | null;
  principal: Principal;
  signal: AbortSignal | undefined;
}

export interface StartServerOptions extends Partial<Limits> {
  /** Default: asks nobody. */
  authenticator?: Authenticator;
  /** How long a shutdown waits, in ms. */
  graceMs?: number;
}

export interface StartedServer {
  readonly url: string;
  readonly running: RunningOperations;
  close(): Promise<void>;
}

/**
 * The server floor by itself: sockets and pipeline with a schema of a few fields that do what the test says.
 * Closed when the test ends.
 */
export async function startServer(
  behaviour: Behaviour,
  { graceMs = 10_000, authenticator = openToAll(), ...chosen }: StartServerOptions = {},
): Promise<StartedServer> {
  const limits = { ...defaultLimits, ...chosen };
  const open = new OpenSockets(limits.maxSockets);
  const running = new RunningOperations(limits.maxRunning);
  const documents = new TrustedDocuments();
  const turns = new ParseQueue();
  const log = watchedLog();
  const pipeline = createPipeline({
    schema: schemaOf(behaviour),
    authenticator,
    createContext: (facts) => facts,
    log,
    running,
    observers: [operationLog(log)],
    limits,
    open,
    documents,
    parseQueue: turns,
    isSandbox: false,
    defaultQuery: '',
  });
  const webSockets = new WebSocketServer({ pipeline, documents, turns, authenticator, limits, open, log });
  const server = new HttpServer(pipeline, webSockets, running, { host: '127.0.0.1', port: 0, graceMs, ...limits });
  await server.listen();
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= server.close());
  closeLater(close);
  return { url: `${server.url}${graphqlPath}`, running, close };
}

function schemaOf({ work, ticks, told, show }: Behaviour): GraphQLSchema {
  const fields = {
    work: {
      type: GraphQLString,
      resolve: (_root: unknown, _args: unknown, { signal }: OperationFacts) => work?.(signal),
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
          subscribe: (_root: unknown, _args: unknown, { signal }: OperationFacts) => ticks?.(signal),
          resolve: (value: unknown) => value,
        },
        told: {
          type: new GraphQLObjectType({
            name: 'Told',
            fields: {
              text: {
                type: GraphQLString,
                args: { as: { type: GraphQLString } },
                resolve: (event: object, { as = null }: { as?: string | null }, facts: OperationFacts) =>
                  show?.(event, { as, principal: facts.session.principal, signal: facts.signal }),
              },
            },
          }),
          args: { of: { type: GraphQLString } },
          extensions: { shared: true },
          subscribe: (_root: unknown, { of = null }: { of?: string | null }, facts: OperationFacts) =>
            told?.(of, facts),
          resolve: (event: unknown) => event,
        },
      },
    }),
  });
}
