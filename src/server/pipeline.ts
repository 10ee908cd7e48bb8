import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { GraphQLParams, YogaServerInstance } from 'graphql-yoga';

import type { Principal } from '../auth/principal.ts';
import type { OperationContext, OperationFacts } from '../context.ts';
import type { Log } from '../log.ts';

import { useErrorCodes } from './plugins/useErrorCodes.ts';
import { useRunningOperations } from './plugins/useRunningOperations.ts';
import { publicError } from './publicError.ts';
import type { RunningOperations } from './RunningOperations.ts';

export interface PipelineOptions {
  schema: GraphQLSchema;
  /** Finds out who asks, from the `Authorization` header or what stands for it on a socket. */
  authenticate: (authorization: string | null) => Promise<Principal>;
  createContext: (facts: OperationFacts) => OperationContext;
  log: Log;
  running: RunningOperations;
  /** Serves GraphiQL to browsers, from files of this machine. */
  graphiql: { defaultQuery: string } | null;
}

/** What a transport brings to an operation. */
export interface TransportContext {
  /** HTTP and SSE. */
  request?: Request;
  req?: IncomingMessage;
  res?: ServerResponse;
  params?: GraphQLParams;
  /** WebSocket: what `connection_init` or the upgrade request carried, and the operation's own signal. */
  socket?: { authorization: string | null; signal: AbortSignal };
}

export type Pipeline = YogaServerInstance<TransportContext, OperationContext>;

export const graphqlPath = '/graphql';

/**
 * The one way in: parsing, validation, context, execution and masking for every transport.
 * What is policy stands here, in hooks that run for WebSocket operations too, never in one transport's handler.
 */
export async function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { schema, log } = options;
  return createYoga<TransportContext, OperationContext>({
    schema,
    graphqlEndpoint: graphqlPath,
    healthCheckEndpoint: '/health',
    landingPage: false,
    batching: false,
    multipart: false,
    cors: false,
    logging: false,
    context: (transport) => contextOf(transport, options),
    maskedErrors: { maskError: (error) => publicError(error, log) },
    plugins: [useErrorCodes(), useRunningOperations(options.running)],
    ...(await graphiql(options)),
  });
}

async function contextOf(transport: TransportContext, options: PipelineOptions): Promise<OperationContext> {
  const { request, socket } = transport;
  const authorization = socket ? socket.authorization : (request?.headers.get('authorization') ?? null);
  const principal = await options.authenticate(authorization);
  const signal = socket?.signal ?? request?.signal;
  return options.createContext({ principal, signal, requestId: randomUUID() });
}

/** The page brings its nine megabytes along, so it is loaded only where it is shown. */
async function graphiql({ graphiql: page }: PipelineOptions) {
  if (!page) return { graphiql: false as const };
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  return {
    graphiql: { title: 'Journals gateway', defaultQuery: page.defaultQuery, subscriptionsProtocol: 'WS' as const },
    renderGraphiQL,
  };
}
