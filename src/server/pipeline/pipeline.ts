import type { DocumentNode, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { CORSOptions, YogaServerInstance } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

import type { Authenticator } from '../../auth/Authenticator.ts';
import { authorize } from '../../auth/authorize.ts';
import { UnauthenticatedError } from '../../errors/authErrors.ts';
import type { OperationFacts } from '../../context.ts';
import { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';
import type { Log } from '../../log.ts';

import { EventStreams } from '../live/EventStreamBody.ts';
import { OperationAbort } from '../limits/OperationAbort.ts';
import { PrincipalLimits } from '../limits/PrincipalLimits.ts';
import type { ParseQueue } from '../limits/ParseQueue.ts';
import { SharedExecutions } from '../live/SharedExecutions.ts';
import { isWelcomeOrigin } from '../connections/isWelcomeOrigin.ts';
import type { OpenSockets } from '../connections/OpenSockets.ts';
import type { OperationObserver } from '../observe/OperationObserver.ts';
import { useAbandonedSubscriptions } from './execution/useAbandonedSubscriptions.ts';
import { useAcceptableAnswers } from './request/useAcceptableAnswers.ts';
import { useAuthentication } from './request/useAuthentication.ts';
import { useSubscriptionSizeLimit } from './execution/useSubscriptionSizeLimit.ts';
import { useCostLimit } from './execution/useCostLimit.ts';
import { useCrossSiteGuard } from './request/useCrossSiteGuard.ts';
import { useDeadline } from './execution/useDeadline.ts';
import { useDocumentLimits } from './document/useDocumentLimits.ts';
import { useErrorCodes } from './document/useErrorCodes.ts';
import { useEventStreams } from './result/useEventStreams.ts';
import { useIntrospection } from './document/useIntrospection.ts';
import { useOperationObservers } from '../observe/useOperationObservers.ts';
import { useOverload } from './document/useOverload.ts';
import { usePrincipalLimits } from './execution/usePrincipalLimits.ts';
import { useReadableJson } from './request/useReadableJson.ts';
import { useReadableRequests } from './request/useReadableRequests.ts';
import { useRunningOperations } from './execution/useRunningOperations.ts';
import { useSharedExecutions } from './execution/useSharedExecutions.ts';
import { useErrorRedaction } from './result/useErrorRedaction.ts';
import { useSocketLimit } from './execution/useSocketLimit.ts';
import { useTrustedDocuments } from './request/useTrustedDocuments.ts';
import { useUnconditionalSubscriptions } from './document/useUnconditionalSubscriptions.ts';
import { useVariables } from './execution/useVariables.ts';
import { publicError } from '../errors/publicError.ts';
import { requestIdHeader } from '../observe/requestId.ts';
import { redactError } from '../errors/redactError.ts';
import type { RunningOperations } from '../limits/RunningOperations.ts';
import type { Limits } from '../../config/limits.ts';
import { sessionOf } from '../live/TransportContext.ts';
import type { TransportContext } from '../live/TransportContext.ts';
import type { TrustedDocuments } from './request/TrustedDocuments.ts';

export interface PipelineOptions {
  schema: GraphQLSchema;
  authenticator: Authenticator;
  /** Adds to the facts what the schema's resolvers may use; the server itself needs no more than the facts. */
  createContext: (facts: OperationFacts) => OperationFacts;
  log: Log;
  running: RunningOperations;
  /** Are told of every operation. */
  observers?: readonly OperationObserver[];
  limits: Limits;
  open: OpenSockets;
  documents: TrustedDocuments;
  turns: ParseQueue;
  /** The schema is shown to everybody, and GraphiQL with it: what stands behind is no real money. Else it takes the scope. */
  isSandbox: boolean;
  /** What GraphiQL shows first. */
  defaultQuery: string;
}

export type Pipeline = YogaServerInstance<TransportContext, OperationFacts>;

export const graphqlPath = '/graphql';
export const healthPath = '/health';

/**
 * The one way in: parsing, validation, context, execution and masking for every transport.
 * What is policy stands here, in hooks that run for WebSocket operations too, never in one transport's handler.
 */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { schema, createContext, limits, log, isSandbox, documents } = options;
  const streams = new EventStreams(limits.pingMs);
  const executions = new SharedExecutions({
    createContext,
    maskError: (error, principal) => publicError(redactError(principal, error, log), log),
  });
  return createYoga<TransportContext, OperationFacts>({
    schema,
    graphqlEndpoint: graphqlPath,
    healthCheckEndpoint: healthPath,
    landingPage: false,
    parserAndValidationCache: {
      documentCache: new LRUCache<string, DocumentNode>({
        maxSize: keptDocuments,
        sizeCalculation: ({ tokenCount = 0 }, text) => 1 + text.length + tokenCount * bytesPerToken,
      }),
      // A document that can't be parsed would be refused with its first, bare error, past the hooks that give it a code.
      errorCache: { get: () => undefined, set: () => undefined },
    },
    batching: false,
    multipart: false,
    maxRequestBodySize: limits.maxRequestBytes,
    extraParamNames: ['documentId'],
    cors: limits.corsOrigins.length > 0 && ((request) => corsFor(request.headers.get('origin'), limits)),
    logging: false,
    context: (transport) => contextOf(transport, options),
    maskedErrors: { maskError: (error: unknown) => publicError(error, log) },
    plugins: [
      useOperationObservers(options.observers ?? []),
      useAuthentication(options.authenticator),
      usePrincipalLimits(new PrincipalLimits(limits)),
      useErrorCodes({ suggests: isSandbox }),
      useUnconditionalSubscriptions(),
      useCrossSiteGuard(limits.corsOrigins),
      useReadableJson(limits.maxTokens, options.turns),
      useReadableRequests(),
      useTrustedDocuments(documents),
      useAcceptableAnswers(),
      useDocumentLimits(limits),
      useOverload(options.running),
      ...(isSandbox ? [] : [useIntrospection(limits)]),
      useRunningOperations(options.running),
      useVariables({ suggests: isSandbox }),
      useCostLimit(limits.maxCost),
      useDeadline(limits.deadlineMs),
      useAbandonedSubscriptions(),
      useSubscriptionSizeLimit(),
      useSocketLimit(options.open),
      useSharedExecutions(executions, ({ socket, request }) => socket ?? (request ? streams.bodyOf(request) : null)),
      useEventStreams(streams),
      useErrorRedaction(log),
    ],
    graphiql: (request) => graphiqlFor(request, options),
    renderGraphiQL: async (page) => {
      // It brings its nine megabytes along, so it is loaded only where it is shown.
      const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
      return renderGraphiQL(page);
    },
  });
}

/** Bytes that documents may take that are kept with what was learned of them. */
const keptDocuments = 67_108_864;
/** What the parser makes of a word or a sign, measured. */
const bytesPerToken = 250;

function contextOf(transport: TransportContext, options: PipelineOptions): OperationFacts {
  const { request, socket } = transport;
  const session = sessionOf(transport);
  if (session.hasEnded) throw new UnauthenticatedError('the credential has ended');
  const ending = new OperationAbort(socket?.signal ?? request?.signal);
  transport.ending = ending;
  const lastEventId = request?.headers.get('last-event-id') || null;
  return options.createContext({ session, signal: ending.signal, lastEventId, progress: new SubscriptionProgress() });
}

/** Pages of other origins are told nothing but that. */
function corsFor(origin: string | null, { corsOrigins, corsHeaders }: Limits): CORSOptions {
  if (origin === null || !isWelcomeOrigin(origin, corsOrigins)) return false;
  return {
    origin: [origin],
    credentials: false,
    methods: ['GET', 'POST', 'OPTIONS'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'graphql-require-preflight',
      'last-event-id',
      'traceparent',
      'tracestate',
      requestIdHeader,
      ...corsHeaders,
    ],
    exposedHeaders: [requestIdHeader, 'retry-after'],
    maxAge: 600,
  };
}

/** From files of this machine. */
async function graphiqlFor(request: Request, { isSandbox, authenticator, defaultQuery }: PipelineOptions) {
  if (!isSandbox) {
    const session = await authenticator.authenticate(request.headers.get('authorization')).catch(() => null);
    if (!session || !authorize(session.principal, { kind: 'introspect' })) return false;
  }
  return { title: 'Journals gateway', defaultQuery, subscriptionsProtocol: 'WS' as const };
}
