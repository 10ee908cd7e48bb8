import { GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';

import type { CancelSignal } from '../../src/concurrency/Cancellation.ts';
import { openToAll } from '../../src/auth/Authenticator.ts';
import type { Authenticator } from '../../src/auth/Authenticator.ts';
import type { Principal } from '../../src/auth/principal.ts';
import type { Limits } from '../../src/config/limits.ts';
import type { OperationFacts } from '../../src/context.ts';
import { TrustedDocuments } from '../../src/engine/documents/TrustedDocuments.ts';
import { Engine } from '../../src/engine/Engine.ts';
import { OpenSockets } from '../../src/engine/limits/OpenSockets.ts';
import { RunningOperations } from '../../src/engine/limits/RunningOperations.ts';
import { operationLog } from '../../src/engine/observe/operationLog.ts';
import { Graphiql } from '../../src/server/graphiql/Graphiql.ts';
import { HttpServer } from '../../src/server/http/HttpServer.ts';
import { ParseQueue } from '../../src/server/requests/ParseQueue.ts';
import { graphqlPath } from '../../src/server/requests/paths.ts';
import { PostDoor } from '../../src/server/http/PostDoor.ts';
import { WebSocketServer } from '../../src/server/websocket/WebSocketServer.ts';
import { createYogaDoor } from '../../src/server/yoga/createYogaDoor.ts';

import { defaultLimits } from './minimalConfig.ts';
import { closeLater } from './closeLater.ts';
import { watchedLog } from './watchedLog.ts';

/** The behaviour of the fields with the same names, as the test defines it. */
export interface Behaviour {
  /** Query and mutation `work`. */
  work?: (signal: CancelSignal | undefined) => Promise<string> | string;
  /** Subscription `ticks`. */
  ticks?: (signal: CancelSignal | undefined) => AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>;
  /** Subscription `updates`, whose executions are shared. Returns the events of one subscriber. */
  updates?: (of: string | null, facts: OperationFacts) => AsyncIterable<object>;
  /** Resolves the field `text` of an event for an operation. */
  show?: (event: object, asked: Asked) => Promise<string> | string;
}

export interface Asked {
  as: string | null;
  principal: Principal;
  signal: CancelSignal | undefined;
}

export interface StartServerOptions extends Partial<Limits> {
  /** Default: no authentication. */
  authenticator?: Authenticator;
  /** The time that a shutdown waits, in ms. */
  graceMs?: number;
}

export interface StartedServer {
  readonly url: string;
  readonly running: RunningOperations;
  close(): Promise<void>;
}

/**
 * Starts the server layer alone: its transports and its engine, with a schema of a few fields that the test defines.
 * It is closed when the test ends.
 */
export async function startServer(
  behaviour: Behaviour,
  { graceMs = 10_000, authenticator = openToAll(), ...chosen }: StartServerOptions = {},
): Promise<StartedServer> {
  const limits = { ...defaultLimits, ...chosen };
  const open = new OpenSockets(limits.maxSockets);
  const running = new RunningOperations(limits.maxRunning);
  const log = watchedLog();
  const engine = new Engine({
    schema: schemaOf(behaviour),
    createContext: (facts) => facts,
    log,
    running,
    observers: [operationLog(log)],
    limits,
    open,
    documents: new TrustedDocuments(),
    isSandbox: false,
  });
  const door = { engine, authenticator, limits, parseQueue: new ParseQueue(), log };
  const graphiql = new Graphiql({ ...door, isSandbox: false });
  const doors = { post: new PostDoor(door), yoga: createYogaDoor({ ...door, graphiql, defaultQuery: '' }) };
  const webSockets = new WebSocketServer({ ...door, open, running });
  const server = new HttpServer(doors, webSockets, running, { host: '127.0.0.1', port: 0, graceMs, ...limits });
  await server.listen();
  let closing: Promise<void> | undefined;
  const close = () => (closing ??= server.close());
  closeLater(close);
  return { url: `${server.url}${graphqlPath}`, running, close };
}

function schemaOf({ work, ticks, updates, show }: Behaviour): GraphQLSchema {
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
        updates: {
          type: new GraphQLObjectType({
            name: 'Update',
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
            updates?.(of, facts),
          resolve: (event: unknown) => event,
        },
      },
    }),
  });
}
