import type { GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { YogaServerInstance } from 'graphql-yoga';

import type { Authenticator } from '../auth/Authenticator.ts';
import { UnauthenticatedError } from '../auth/unauthenticated.ts';
import type { OperationFacts } from '../context.ts';
import { SubscriptionProgress } from '../events/SubscriptionProgress.ts';
import type { Log } from '../log.ts';

import { EventStreams } from './EventStreams.ts';
import { SharedExecutions } from './live/SharedExecutions.ts';
import type { OpenSockets } from './OpenSockets.ts';
import type { OperationObserver } from './OperationObserver.ts';
import { useAbandonedSubscriptions } from './plugins/useAbandonedSubscriptions.ts';
import { useAcceptableAnswers } from './plugins/useAcceptableAnswers.ts';
import { useAuthentication } from './plugins/useAuthentication.ts';
import { useCrossSiteGuard } from './plugins/useCrossSiteGuard.ts';
import { useErrorCodes } from './plugins/useErrorCodes.ts';
import { useEventStreams } from './plugins/useEventStreams.ts';
import { useExactNumbers } from './plugins/useExactNumbers.ts';
import { useOperationObservers } from './plugins/useOperationObservers.ts';
import { useReadableRequests } from './plugins/useReadableRequests.ts';
import { useRunningOperations } from './plugins/useRunningOperations.ts';
import { useSharedExecutions } from './plugins/useSharedExecutions.ts';
import { useShownWords } from './plugins/useShownWords.ts';
import { useSocketLimit } from './plugins/useSocketLimit.ts';
import { publicError } from './publicError.ts';
import { shownError } from './shownError.ts';
import type { RunningOperations } from './RunningOperations.ts';
import type { SocketLimits } from './SocketLimits.ts';
import type { TransportContext } from './TransportContext.ts';

export interface PipelineOptions {
  schema: GraphQLSchema;
  authenticator: Authenticator;
  /** Adds to the facts what the schema's resolvers may use; the server itself needs no more than the facts. */
  createContext: (facts: OperationFacts) => OperationFacts;
  log: Log;
  running: RunningOperations;
  /** Are told of every operation. */
  observers?: readonly OperationObserver[];
  limits: SocketLimits;
  open: OpenSockets;
  /** Serves GraphiQL to browsers, from files of this machine. */
  graphiql: { defaultQuery: string } | null;
}

export type Pipeline = YogaServerInstance<TransportContext, OperationFacts>;

export const graphqlPath = '/graphql';
export const healthPath = '/health';

/**
 * The one way in: parsing, validation, context, execution and masking for every transport.
 * What is policy stands here, in hooks that run for WebSocket operations too, never in one transport's handler.
 */
export async function createPipeline(options: PipelineOptions): Promise<Pipeline> {
  const { schema, createContext, limits, log } = options;
  const maskError = (error: unknown) => publicError(error, log);
  const streams = new EventStreams(limits.pingMs);
  const executions = new SharedExecutions({
    createContext,
    maskError: (error, principal) => maskError(shownError(principal, error, log)),
  });
  return createYoga<TransportContext, OperationFacts>({
    schema,
    graphqlEndpoint: graphqlPath,
    healthCheckEndpoint: healthPath,
    landingPage: false,
    // A document that can't be parsed would be refused with its first, bare error, past the hooks that give it a code.
    parserAndValidationCache: { errorCache: { get: () => undefined, set: () => undefined } },
    batching: false,
    multipart: false,
    maxRequestBodySize: limits.maxRequestBytes,
    cors: false,
    logging: false,
    context: (transport) => contextOf(transport, options),
    maskedErrors: { maskError },
    plugins: [
      useOperationObservers(options.observers ?? []),
      useAuthentication(options.authenticator),
      useErrorCodes(),
      useCrossSiteGuard(),
      useExactNumbers(),
      useReadableRequests(),
      useAcceptableAnswers(),
      useRunningOperations(options.running),
      useAbandonedSubscriptions(),
      useSocketLimit(options.open),
      useSharedExecutions(executions, ({ socket, request }) => socket ?? (request ? streams.bodyOf(request) : null)),
      useEventStreams(streams),
      useShownWords(log),
    ],
    ...(await graphiql(options)),
  });
}

function contextOf({ request, socket, session: asking }: TransportContext, options: PipelineOptions): OperationFacts {
  const session = socket?.session ?? asking;
  if (!session) throw new TypeError('every transport authenticates before it comes here');
  if (session.hasEnded) throw new UnauthenticatedError('the credential has ended');
  const signal = socket?.signal ?? request?.signal;
  const lastEventId = request?.headers.get('last-event-id') || null;
  return options.createContext({ session, signal, lastEventId, progress: new SubscriptionProgress() });
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
