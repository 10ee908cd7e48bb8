import type { DocumentNode, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import type { CORSOptions, Plugin, YogaServerInstance } from 'graphql-yoga';
import { LRUCache } from 'lru-cache';

import type { Authenticator } from '../../auth/Authenticator.ts';
import { authorize } from '../../auth/authorize.ts';
import { Deadline } from '../../concurrency/Deadline.ts';
import type { Limits } from '../../config/limits.ts';
import type { OperationFacts } from '../../context.ts';
import { UnauthenticatedError } from '../../errors/authErrors.ts';
import { AbandonedError, DeadlineExceededError } from '../../errors/cancellation.ts';
import { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';
import type { Log } from '../../log.ts';

import type { OpenSockets } from '../connections/OpenSockets.ts';
import { isAllowedOrigin } from '../connections/originChecks.ts';
import { publicError } from '../errors/publicError.ts';
import { redactError } from '../errors/redactError.ts';
import type { ParseQueue } from '../limits/ParseQueue.ts';
import { PrincipalLimits } from '../limits/PrincipalLimits.ts';
import type { RunningOperations } from '../limits/RunningOperations.ts';
import { EventStreams } from '../live/EventStreamBody.ts';
import { SharedExecutions } from '../live/SharedExecutions.ts';
import { sessionOf } from '../live/TransportContext.ts';
import type { TransportContext } from '../live/TransportContext.ts';
import type { OperationObserver } from '../observe/OperationObserver.ts';
import { requestIdHeader } from '../observe/requestId.ts';
import { useOperationObservers } from '../observe/useOperationObservers.ts';
import { useDocumentLimits } from './document/useDocumentLimits.ts';
import { useErrorCodes } from './document/useErrorCodes.ts';
import { useIntrospection } from './document/useIntrospection.ts';
import { useOverload } from './document/useOverload.ts';
import { useAbandonedSubscriptions } from './execution/useAbandonedSubscriptions.ts';
import { useCostLimit } from './execution/useCostLimit.ts';
import { useDeadline } from './execution/useDeadline.ts';
import { usePrincipalLimits } from './execution/usePrincipalLimits.ts';
import { useRunningOperations } from './execution/useRunningOperations.ts';
import { useSharedExecutions } from './execution/useSharedExecutions.ts';
import { useSocketLimit } from './execution/useSocketLimit.ts';
import { useSubscriptionSizeLimit } from './execution/useSubscriptionSizeLimit.ts';
import { useVariables } from './execution/useVariables.ts';
import type { TrustedDocuments } from './request/TrustedDocuments.ts';
import { useAcceptableResponses } from './request/useAcceptableResponses.ts';
import { useAuthentication } from './request/useAuthentication.ts';
import { useBodyEncoding } from './request/useBodyEncoding.ts';
import { useCrossSiteGuard } from './request/useCrossSiteGuard.ts';
import { useRequestJson } from './request/useRequestJson.ts';
import { useTrustedDocuments } from './request/useTrustedDocuments.ts';
import { useErrorRedaction } from './result/useErrorRedaction.ts';
import { useEventStreams } from './result/useEventStreams.ts';

export interface PipelineOptions {
  schema: GraphQLSchema;
  authenticator: Authenticator;
  /** Adds what the resolvers need to the facts of an operation. */
  createContext: (facts: OperationFacts) => OperationFacts;
  log: Log;
  running: RunningOperations;
  observers?: readonly OperationObserver[];
  limits: Limits;
  /** Default: limits of this process alone. */
  principalLimits?: PrincipalLimits;
  open: OpenSockets;
  documents: TrustedDocuments;
  parseQueue: ParseQueue;
  /** In front of a sandbox everybody may read the schema and use GraphiQL; otherwise it takes a scope. */
  isSandbox: boolean;
  /** The initial query of GraphiQL. */
  defaultQuery: string;
}

export type Pipeline = YogaServerInstance<TransportContext, OperationFacts>;

export const graphqlPath = '/graphql';
export const healthPath = '/health';

interface StageParts extends PipelineOptions {
  streams: EventStreams;
  executions: SharedExecutions;
}

/** A step of the pipeline. Sentences are Markdown: docs/architecture.md has a table of the stages. */
export interface Stage {
  /** The function that creates the plugin. */
  name: string;
  does: string;
  /** Later stages that must not run earlier. */
  before: readonly string[];
  /** Why it must come before them; empty if there are none. */
  because: string;
  /** Null if the stage doesn't apply. */
  // Plugins of different contexts have no common type but this one.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  createPlugin: (parts: StageParts) => Plugin<any> | null;
}

/**
 * The stages in their order. Yoga calls each hook of all plugins in this order, so it decides between stages with the same
 * hook.
 */
export const stages: readonly Stage[] = [
  {
    name: 'useOperationObservers',
    does: 'Reports the start and the outcome of every operation to logs, metrics and traces.',
    before: ['usePrincipalLimits', 'useVariables', 'useCostLimit', 'useErrorRedaction'],
    because: 'It must report operations that a later stage refuses, and read request ids from errors before redaction.',
    createPlugin: ({ observers = [] }) => useOperationObservers(observers),
  },
  {
    name: 'useAuthentication',
    does: 'Authenticates HTTP requests; a WebSocket has been authenticated by its `connection_init`.',
    before: ['useCrossSiteGuard', 'useBodyEncoding', 'useAcceptableResponses'],
    because: 'An unauthenticated client learns nothing about its request except that it is not authenticated.',
    createPlugin: ({ authenticator }) => useAuthentication(authenticator),
  },
  {
    name: 'usePrincipalLimits',
    does: 'Limits the rate and the concurrency of each principal.',
    before: ['useRunningOperations'],
    because: 'An operation above the limit of its principal takes none of the room that all principals share.',
    createPlugin: ({ limits, principalLimits }) => usePrincipalLimits(principalLimits ?? new PrincipalLimits(limits)),
  },
  {
    name: 'useErrorCodes',
    does: 'Validates documents, and adds codes to the errors of parsing and validation.',
    before: [],
    because: '',
    createPlugin: ({ isSandbox }) => useErrorCodes({ suggests: isSandbox }),
  },
  {
    name: 'useCrossSiteGuard',
    does: 'Refuses requests that a page of another site could send without a preflight request.',
    before: ['useBodyEncoding', 'useAcceptableResponses'],
    because: 'Such a request is refused as what it is, whatever else is wrong with it.',
    createPlugin: ({ limits }) => useCrossSiteGuard(limits.corsOrigins),
  },
  {
    name: 'useRequestJson',
    does: 'Parses requests with limits, without rounding numbers, and long bodies one after the other.',
    before: ['useBodyEncoding'],
    because: '`useBodyEncoding` wraps the parser that this stage sets, and translates its errors.',
    createPlugin: ({ limits, parseQueue }) => useRequestJson(limits.maxTokens, parseQueue),
  },
  {
    name: 'useBodyEncoding',
    does: "Refuses bodies that are compressed or not UTF-8, and JSON that can't be parsed.",
    before: [],
    because: '',
    createPlugin: () => useBodyEncoding(),
  },
  {
    name: 'useTrustedDocuments',
    does: 'Looks up the document of a request that sends an id instead, and refuses others if the manifest is exclusive.',
    before: [],
    because: '',
    createPlugin: ({ documents }) => useTrustedDocuments(documents),
  },
  {
    name: 'useAcceptableResponses',
    does: 'Refuses a request if the client accepts no media type of the response.',
    before: ['useSocketLimit', 'useSharedExecutions'],
    because: 'A subscription without a reader must not take a place or be opened.',
    createPlugin: () => useAcceptableResponses(),
  },
  {
    name: 'useDocumentLimits',
    does: 'Refuses documents that are too large, before they are validated.',
    before: ['useOverload', 'useIntrospection'],
    because: 'Both search the document, which must be known to be small.',
    createPlugin: ({ limits }) => useDocumentLimits(limits),
  },
  {
    name: 'useOverload',
    does: 'Refuses operations while too many are running; queries are refused first.',
    before: ['useIntrospection'],
    because: 'An overloaded process does no further work for an operation.',
    createPlugin: ({ running }) => useOverload(running),
  },
  {
    name: 'useIntrospection',
    does: 'Refuses introspection without its scope, except in front of a sandbox.',
    before: [],
    because: '',
    createPlugin: ({ isSandbox, limits }) => (isSandbox ? null : useIntrospection(limits)),
  },
  {
    name: 'useRunningOperations',
    does: 'Counts running queries and mutations, and refuses operations during a shutdown.',
    before: [],
    because: '',
    createPlugin: ({ running }) => useRunningOperations(running),
  },
  {
    name: 'useVariables',
    does: 'Refuses invalid variables.',
    before: ['useCostLimit'],
    because: 'The cost depends on the variables, which must be valid.',
    createPlugin: ({ isSandbox }) => useVariables({ suggests: isSandbox }),
  },
  {
    name: 'useCostLimit',
    does: 'Refuses an operation that may cost too much with its variables.',
    before: ['useDeadline', 'useSocketLimit', 'useSharedExecutions'],
    because: 'A refused operation starts no timer and takes no place.',
    createPlugin: ({ limits }) => useCostLimit(limits.maxCost),
  },
  {
    name: 'useDeadline',
    does: 'Limits the time of queries and mutations.',
    before: [],
    because: '',
    createPlugin: ({ limits }) => useDeadline(limits.deadlineMs),
  },
  {
    name: 'useAbandonedSubscriptions',
    does: 'Ends a subscription when its client disconnects.',
    before: ['useErrorRedaction'],
    because: 'It must end the source of the results, which `useErrorRedaction` wraps.',
    createPlugin: () => useAbandonedSubscriptions(),
  },
  {
    name: 'useSubscriptionSizeLimit',
    does: 'Refuses subscriptions that would take too much memory.',
    before: ['useSocketLimit', 'useSharedExecutions'],
    because: 'A refused subscription takes no place.',
    createPlugin: () => useSubscriptionSizeLimit(),
  },
  {
    name: 'useSocketLimit',
    does: 'Limits open event streams.',
    before: ['useSharedExecutions'],
    because: 'A refused subscription must not be opened.',
    createPlugin: ({ open }) => useSocketLimit(open),
  },
  {
    name: 'useSharedExecutions',
    does: 'Executes a subscription once per event for all subscribers that get the same result.',
    before: [],
    because: '',
    createPlugin: ({ executions, streams }) =>
      useSharedExecutions(executions, ({ socket, request }) => socket ?? (request ? streams.bodyOf(request) : null)),
  },
  {
    name: 'useEventStreams',
    does: 'Writes event streams, in place of the writer of Yoga.',
    before: [],
    because: '',
    createPlugin: ({ streams }) => useEventStreams(streams),
  },
  {
    name: 'useErrorRedaction',
    does: 'Removes quotations of the API from errors if the principal may not read them; Yoga then masks errors.',
    before: [],
    because: '',
    createPlugin: ({ log }) => useErrorRedaction(log),
  },
];

/** Bytes of the cache for parsed documents. */
const documentCacheBytes = 67_108_864;
/** Memory that the parser takes for a token, measured. */
const bytesPerToken = 250;

/** Parses, validates, executes and masks operations of every transport. All policy is in its stages. */
export function createPipeline(options: PipelineOptions): Pipeline {
  const { schema, createContext, limits, log } = options;
  const streams = new EventStreams(limits.pingMs);
  const executions = new SharedExecutions({
    createContext,
    maskError: (error, principal) => publicError(redactError(principal, error, log), log),
  });
  const parts = { ...options, streams, executions };
  return createYoga<TransportContext, OperationFacts>({
    schema,
    graphqlEndpoint: graphqlPath,
    healthCheckEndpoint: healthPath,
    landingPage: false,
    parserAndValidationCache: {
      documentCache: new LRUCache<string, DocumentNode>({
        maxSize: documentCacheBytes,
        sizeCalculation: ({ tokenCount = 0 }, text) => 1 + text.length + tokenCount * bytesPerToken,
      }),
      // From this cache, errors would skip the hooks that add their codes.
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
    plugins: stages.map(({ createPlugin }) => createPlugin(parts)).filter((plugin) => plugin !== null),
    graphiql: (request) => graphiqlFor(request, options),
    renderGraphiQL: async (page) => {
      // Imported on demand, because it takes nine megabytes.
      const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
      return renderGraphiQL(page);
    },
  });
}

function contextOf(transport: TransportContext, { createContext, limits }: PipelineOptions): OperationFacts {
  const { request, socket } = transport;
  const session = sessionOf(transport);
  if (session.hasEnded) throw new UnauthenticatedError('the credential has expired');
  const deadline = new Deadline(null, {
    outer: socket?.signal ?? request?.signal,
    outerReason: () => new AbandonedError(),
    reason: () => new DeadlineExceededError(limits.deadlineMs),
  });
  transport.deadline = deadline;
  const lastEventId = request?.headers.get('last-event-id') || null;
  return createContext({ session, signal: deadline.signal, lastEventId, progress: new SubscriptionProgress() });
}

/** Pages of other origins get no CORS headers. */
function corsFor(origin: string | null, { corsOrigins, corsHeaders }: Limits): CORSOptions {
  if (origin === null || !isAllowedOrigin(origin, corsOrigins)) return false;
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

/** GraphiQL is served by the gateway itself, not by a CDN. */
async function graphiqlFor(request: Request, { isSandbox, authenticator, defaultQuery }: PipelineOptions) {
  if (!isSandbox) {
    const session = await authenticator.authenticate(request.headers.get('authorization')).catch(() => null);
    if (!session || !authorize(session.principal, { kind: 'introspect' })) return false;
  }
  return { title: 'Journals gateway', defaultQuery, subscriptionsProtocol: 'WS' as const };
}
