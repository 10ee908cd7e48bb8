import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { YogaServerInstance } from 'graphql-yoga';

import type { Principal } from '../auth/principal.ts';
import type { OperationFacts } from '../context.ts';
import { SubscriptionProgress } from '../events/SubscriptionProgress.ts';
import type { Log } from '../log.ts';

import { useAbandonedSubscriptions } from './plugins/useAbandonedSubscriptions.ts';
import { useAcceptableAnswers } from './plugins/useAcceptableAnswers.ts';
import { useCrossSiteGuard } from './plugins/useCrossSiteGuard.ts';
import { useErrorCodes } from './plugins/useErrorCodes.ts';
import { useEventStreams } from './plugins/useEventStreams.ts';
import { useEventStreamStatus } from './plugins/useEventStreamStatus.ts';
import { useExactNumbers } from './plugins/useExactNumbers.ts';
import { useReadableRequests } from './plugins/useReadableRequests.ts';
import { useRunningOperations } from './plugins/useRunningOperations.ts';
import { defaultPingMs } from './probe.ts';
import { publicError } from './publicError.ts';
import type { RunningOperations } from './RunningOperations.ts';
import type { TransportContext } from './TransportContext.ts';

export interface PipelineOptions {
  schema: GraphQLSchema;
  /** Finds out who asks, from the `Authorization` header or what stands for it on a socket. */
  authenticate: (authorization: string | null) => Promise<Principal>;
  /** Adds to the facts what the schema's resolvers may use; the server itself needs no more than the facts. */
  createContext: (facts: OperationFacts) => OperationFacts;
  log: Log;
  running: RunningOperations;
  /** How often a quiet event stream says that it is alive, in ms. Default 12,000. */
  pingMs?: number | undefined;
  /** Serves GraphiQL to browsers, from files of this machine. */
  graphiql: { defaultQuery: string } | null;
}

export type Pipeline = YogaServerInstance<TransportContext, OperationFacts>;

export const graphqlPath = '/graphql';
export const healthPath = '/health';
/** What one operation may say, over HTTP or a socket: a batch of 1,000 entries with the longest descriptions fits. */
export const maxRequestBytes = 4 * 1_048_576;

/**
 * The one way in: parsing, validation, context, execution and masking for every transport.
 * What is policy stands here, in hooks that run for WebSocket operations too, never in one transport's handler.
 */
export async function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { schema, log } = options;
  return createYoga<TransportContext, OperationFacts>({
    schema,
    graphqlEndpoint: graphqlPath,
    healthCheckEndpoint: healthPath,
    landingPage: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: maxRequestBytes,
    cors: false,
    logging: false,
    context: (transport) => contextOf(transport, options),
    maskedErrors: { maskError: (error) => publicError(error, log) },
    plugins: [
      useErrorCodes(),
      useCrossSiteGuard(),
      useExactNumbers(),
      useReadableRequests(),
      useAcceptableAnswers(),
      useRunningOperations(options.running),
      useAbandonedSubscriptions(),
      useEventStreamStatus(),
      useEventStreams(options.pingMs ?? defaultPingMs),
    ],
    ...(await graphiql(options)),
  });
}

async function contextOf(transport: TransportContext, options: PipelineOptions): Promise<OperationFacts> {
  const { request, socket } = transport;
  const authorization = socket ? socket.authorization : (request?.headers.get('authorization') ?? null);
  const principal = await options.authenticate(authorization);
  const signal = socket?.signal ?? request?.signal;
  const lastEventId = request?.headers.get('last-event-id') || null;
  return options.createContext({ principal, signal, lastEventId, progress: new SubscriptionProgress() });
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
