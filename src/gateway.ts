import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

import type { GraphQLSchema } from 'graphql';

import { AdminServer } from './admin/AdminServer.ts';
import { Metrics } from './admin/Metrics.ts';
import { Readiness } from './admin/Readiness.ts';
import { UpstreamCheck } from './admin/UpstreamCheck.ts';
import { ApiKeyAuthenticator } from './auth/ApiKeyAuthenticator.ts';
import { openToAll } from './auth/Authenticator.ts';
import type { Authenticator } from './auth/Authenticator.ts';
import { IdempotencyKeys } from './auth/IdempotencyKeys.ts';
import { JwtAuthenticator } from './auth/JwtAuthenticator.ts';
import type { GatewayConfig } from './config/readConfig.ts';
import { closeAll } from './concurrency/closeAll.ts';
import type { Part } from './concurrency/closeAll.ts';
import { waitFor } from './concurrency/waitFor.ts';
import type { AuthConfig } from './config/auth.ts';
import type { DocumentsConfig } from './config/documents.ts';
import type { UpstreamConfig } from './config/upstream.ts';
import { createContext } from './context.ts';
import { messageOf } from './errors/messageOf.ts';
import { invalidConfiguration } from './errors/SetupError.ts';
import { TrustedDocuments } from './engine/documents/TrustedDocuments.ts';
import { Engine } from './engine/Engine.ts';
import { OpenSockets } from './engine/limits/OpenSockets.ts';
import { PrincipalLimits } from './engine/limits/PrincipalLimits.ts';
import { RunningOperations } from './engine/limits/RunningOperations.ts';
import { operationLog } from './engine/observe/operationLog.ts';
import { StatusEvents } from './events/StatusEvents.ts';
import { JournalWaits } from './events/waiting/JournalWaits.ts';
import { EventJournals } from './loaders/EventJournals.ts';
import { JournalSidesCache } from './loaders/JournalSidesCache.ts';
import { SharedReads } from './loaders/SharedReads.ts';
import type { Log } from './log.ts';
import { DailyCaps } from './outcomes/DailyCaps.ts';
import { KeyUses } from './outcomes/KeyUses.ts';
import { FileOutcomeStore } from './outcomes/FileOutcomeStore.ts';
import type { ReadEvents } from './outcomes/JournalSearch.ts';
import { RedisOutcomeStore } from './outcomes/RedisOutcomeStore.ts';
import { ReverseBatches } from './outcomes/ReverseBatches.ts';
import { SharedKeyUses } from './outcomes/SharedKeyUses.ts';
import { openRedis } from './redis/openRedis.ts';
import type { RedisConnection } from './redis/RedisConnection.ts';
import { Sharing } from './redis/Sharing.ts';
import { createSandbox } from './sandbox/createSandbox.ts';
import { schema as ownSchema } from './schema/schema.ts';
import { toSubgraph } from './schema/subgraph.ts';
import { exportDocument } from './server/export/exportDocument.ts';
import { csv, ndjson } from './server/export/exportFormats.ts';
import { createJournalExport } from './server/export/journalExport.ts';
import { GraphiqlFiles } from './server/graphiql/GraphiqlFiles.ts';
import { ConsolePages } from './server/http/ConsolePages.ts';
import { HttpServer } from './server/http/HttpServer.ts';
import type { Route } from './server/http/HttpServer.ts';
import { SandboxControls } from './server/http/SandboxControls.ts';
import { ParseQueue } from './server/limits/ParseQueue.ts';
import { graphqlPath } from './server/connections/paths.ts';
import { PostDoor } from './server/http/PostDoor.ts';
import { createRunDocument } from './server/http/runDocument.ts';
import { WebSocketServer } from './server/websocket/WebSocketServer.ts';
import { createYogaDoor } from './server/yoga/createYogaDoor.ts';
import type { Tracing } from './tracing/Tracing.ts';
import { ApiClock } from './upstream/transport/ApiClock.ts';
import { createCredentials } from './upstream/transport/createCredentials.ts';
import { JournalsClient } from './upstream/journals/JournalsClient.ts';
import { RateGovernor } from './upstream/transport/RateGovernor.ts';
import { shareRate } from './upstream/transport/shareRate.ts';
import { StatusEventsClient } from './upstream/events/StatusEventsClient.ts';
import { UpstreamConnection } from './upstream/transport/UpstreamConnection.ts';

export interface GatewayOptions {
  config: GatewayConfig;
  log: Log;
  /** The initial query in GraphiQL. */
  defaultQuery: string;
}

export interface Gateway {
  /** The GraphQL endpoint, for HTTP and SSE; the same with `ws:` for WebSocket. */
  readonly url: string;
  readonly healthUrl: string;
  /** The URL of the admin port, without a path; null if there is none. */
  readonly adminUrl: string | null;
  /** The URL of the web console; null if it is not served. */
  readonly consoleUrl: string | null;
  /** The URL of the sandbox; null if none was started. */
  readonly sandboxUrl: string | null;
  /**
   * Lets running operations finish, then closes every socket, stream and timer. Every part is closed, even when one
   * fails. Called again, it waits for the same end.
   *
   * @throws AggregateError with one error for each part that could not be closed
   */
  close(): Promise<void>;
}

/** How long startup waits for the event feed, in ms. Without it everything but live status is served. */
const feedTimeoutMs = 2_000;

/**
 * Creates all parts and closes them in reverse order. The only file that imports every layer.
 *
 * @throws the error that made the start fail, after closing the parts that were already open
 */
export async function createGateway({ config, log, defaultQuery }: GatewayOptions): Promise<Gateway> {
  const opened: Part[] = [];
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= closeAll(opened.toReversed()));
  try {
    const authenticator = await openAuthenticator(config.auth, log);
    opened.push(['the authenticator', () => authenticator.close()]);
    const tracing = await openTracing(config, log);
    opened.push(['the traces', () => tracing?.close()]);
    const metrics = new Metrics();
    opened.push(['the metrics', () => metrics.close()]);
    const upstreamCheck = new UpstreamCheck();
    const observers = [upstreamCheck, metrics.upstream, ...(tracing ? [tracing.upstream] : [])];
    const { upstream, sandboxUrl } = await openUpstream(config, opened, log);
    const redis = await openSharedState(config, upstream, log);
    opened.push(['redis', () => redis?.close()]);
    const sharing = redis && new Sharing(redis);
    opened.push(['the link to other gateways', () => sharing?.close()]);
    await sharing?.start();
    const credentials = createCredentials(upstream.credentials, log);
    opened.push(["the API's credentials", () => credentials.close()]);
    const clock = new ApiClock();
    const governor = new RateGovernor(clock);
    if (sharing) shareRate(governor, sharing);
    const { baseUrl, eventsVersion: version, currency: firmCurrency } = upstream;
    const connection = new UpstreamConnection({ baseUrl, credentials, clock, governor, observers, log });
    opened.push(['the connection to the Journals API', () => connection.close()]);
    const journals = new JournalsClient(connection, redis);

    const eventsApi = { baseUrl, version, credentials, clock, governor, observers };
    const statusEventsClient = new StatusEventsClient(eventsApi);
    opened.push(['the connection to the Event API', () => statusEventsClient.close()]);
    const statusEvents = new StatusEvents(statusEventsClient, clock, log, { ...config.events, redis });
    opened.push(['the status feed', () => statusEvents.close()]);
    statusEvents.start();
    const read = (id: string, signal: AbortSignal) => journals.get(id, signal);
    const journalWaits = new JournalWaits({ events: statusEvents, read, log });
    opened.push(['the waits for journals', () => journalWaits.close()]);

    const shared = sharing && new RedisOutcomeStore(sharing);
    const outcomesOpenMs = (await shared?.start()) ?? 0;
    const store = shared ?? openOutcomeStore(config, log);
    opened.push(['the outcome store', () => store.close()]);
    const readEvents: ReadEvents = (range, signal) => statusEvents.eventsSince(range, signal);
    const dailyCaps = new DailyCaps({ ledger: store.spending, clock, log });
    const reverseBatches = new ReverseBatches({
      client: journals,
      store,
      shared,
      clock,
      readEvents,
      log,
      settleMs: config.outcomes.settleMs,
      onNotDone: ({ scope: principal, idempotencyKey }) =>
        void dailyCaps.releaseLost({ principal, mutation: 'createReverseBatchJournal', idempotencyKey }),
    });
    opened.push(['the search for reverse batches', () => reverseBatches.close()]);
    await reverseBatches.start();

    const journalSides = new JournalSidesCache(journals);
    const eventJournals = new EventJournals(journals, journalSides);
    const sharedReads = new SharedReads(journals, () => statusEvents.mark);
    const idempotencyKeys = new IdempotencyKeys();
    const reads = { journals, sharedReads, statusEvents, journalWaits, journalSides, eventJournals };
    const keyUses = new KeyUses(clock, redis ? new SharedKeyUses(redis) : undefined);
    const parts = { ...reads, clock, keyUses, reverseBatches, dailyCaps, idempotencyKeys, firmCurrency };

    const { limits } = config;
    const running = new RunningOperations(limits.maxRunning);
    const open = new OpenSockets(limits.maxSockets);
    const principalLimits = new PrincipalLimits(limits, sharing);
    opened.push(['the limits of principals', () => principalLimits.close()]);
    const isSandbox = sandboxUrl !== null;
    const schema = config.isSubgraph ? toSubgraph(ownSchema) : ownSchema;
    const documents = readDocuments(config.documents, schema);
    const engine = new Engine({
      schema,
      createContext: (facts) => createContext(parts, facts),
      log,
      running,
      limits,
      principalLimits,
      open,
      observers: [operationLog(log), metrics.operations, ...(tracing ? [tracing.operations] : [])],
      documents,
      isSandbox,
    });
    const door = { engine, authenticator, limits, turns: new ParseQueue(), log };
    const doors = { post: new PostDoor(door), yoga: createYogaDoor({ ...door, isSandbox, defaultQuery }) };
    const webSockets = new WebSocketServer({ ...door, open });
    const ofConsole = consoleRoutes(config, sandboxUrl, authenticator, log);
    const routes = [new GraphiqlFiles({ authenticator, isSandbox }, log), ...ofConsole];
    const endpointParts = { authenticator, runDocument: createRunDocument(engine, limits.pingMs), ...limits, log };
    const endpoints = new Map([
      ['/journals.csv', createJournalExport(csv, endpointParts)],
      ['/journals.ndjson', createJournalExport(ndjson, endpointParts)],
    ]);
    if (config.mcp) {
      // Loaded on demand, because it takes several megabytes.
      const { createMcpEndpoint } = await import('./server/mcp/mcpEndpoint.ts');
      const { manifest } = documents;
      endpoints.set(
        '/mcp',
        createMcpEndpoint({ ...endpointParts, schema, documents: manifest, parseQueue: door.turns }),
      );
    }
    const options = { ...config, ...config.shutdown, ...limits, endpoints, routes };
    const server = new HttpServer(doors, webSockets, running, options);
    opened.push(["the clients' port", () => server.close()]);
    const readiness = new Readiness({
      upstream: () => upstreamCheck.report(connection, governor),
      feed: () => statusEvents.feedState,
      sharing: sharing && (() => sharing.state),
    });
    metrics.watch(() => ({
      phase: readiness.phase,
      running: running.count,
      shed: running.shed,
      upstream: connection.state,
      callsLeft: governor.remaining,
      pausedMs: governor.opensInMs,
      events: statusEvents.state,
      reverseBatches: store.unsettledCounts,
      sharing: sharing && sharing.state,
    }));
    const admin =
      config.admin && new AdminServer({ ...config.admin, keepAliveMs: limits.keepAliveMs, readiness, metrics, log });
    if (admin) {
      opened.push(['the admin port', () => admin.close()]);
      await admin.listen();
    }
    await Promise.all([waitFor(statusEvents.firstAttempt, { timeoutMs: feedTimeoutMs }), wait(outcomesOpenMs)]);
    await server.listen();
    const announce = () => {
      readiness.enter('draining');
      log.info('draining');
      // Balancers must notice that the gateway is not ready before it refuses clients.
      return wait(config.shutdown.delayMs);
    };
    opened.push(['the announcement of the end', announce]);
    readiness.enter('serving');
    const [url, healthUrl] = [`${server.url}${graphqlPath}`, `${server.url}/health`];
    const consoleUrl = ofConsole.length > 0 ? `${server.url}/` : null;
    return { url, healthUrl, consoleUrl, adminUrl: admin?.url ?? null, sandboxUrl, close };
  } catch (error) {
    await close().catch((failure: unknown) => log.error({ err: failure }, 'the start failed, and not all was closed'));
    throw error;
  }
}

/** Loads the OpenTelemetry SDK only if traces are configured. */
async function openTracing({ tracing }: GatewayConfig, log: Log): Promise<Tracing | null> {
  if (!tracing) return null;
  const module = await import('./tracing/Tracing.ts');
  return new module.Tracing({ ...tracing, log });
}

/** @returns null if the gateway runs alone */
async function openSharedState(
  { redis, outcomes }: GatewayConfig,
  { baseUrl, credentials }: UpstreamConfig,
  log: Log,
): Promise<RedisConnection | null> {
  if (!redis) return null;
  if (outcomes.file !== null) log.warn('OUTCOMES_FILE is not used: with REDIS_URL outcomes are kept in Redis');
  const { url, prefix, account } = redis;
  const credentialsId = credentials.kind === 'basic' ? credentials.keyId : credentials.clientId;
  return openRedis(url, { prefix, baseUrl, account, credentialsId }, log);
}

/** @throws SetupError */
function openOutcomeStore({ outcomes: { file }, upstream }: GatewayConfig, log: Log): FileOutcomeStore {
  if (file === null && upstream.kind !== 'sandbox') {
    log.warn(
      'OUTCOMES_FILE is not set: outcomes of reverse batches and the use of daily caps are lost with the process',
    );
  }
  try {
    return new FileOutcomeStore(file);
  } catch (error) {
    throw invalidConfiguration([
      `OUTCOMES_FILE: can't be opened or read, or is in use by another process: ${messageOf(error)}`,
    ]);
  }
}

/** @throws SetupError */
function readDocuments({ file, only }: DocumentsConfig, schema: GraphQLSchema): TrustedDocuments {
  if (file === null) return new TrustedDocuments();
  try {
    return TrustedDocuments.read(readFileSync(file, 'utf8'), schema, { only, own: [exportDocument] });
  } catch (error) {
    throw invalidConfiguration([`PERSISTED_OPERATIONS: ${messageOf(error)}`]);
  }
}

/**
 * The console, and with it the controls of an embedded sandbox.
 *
 * @throws SetupError if the console was asked for and has not been built
 */
function consoleRoutes(
  config: GatewayConfig,
  sandboxUrl: string | null,
  authenticator: Authenticator,
  log: Log,
): Route[] {
  if (config.console === 'off' || (config.console === null && sandboxUrl === null)) return [];
  try {
    const pages = ConsolePages.read(sandboxUrl !== null);
    return sandboxUrl === null ? [pages] : [pages, new SandboxControls(sandboxUrl, authenticator)];
  } catch (error) {
    const problem = `CONSOLE: the console can't be read, run npm run build: ${messageOf(error)}`;
    if (config.console === 'on') throw invalidConfiguration([problem]);
    log.warn(problem);
    return [];
  }
}

async function openAuthenticator(config: AuthConfig, log: Log): Promise<Authenticator> {
  switch (config.kind) {
    case 'none':
      return openToAll();
    case 'api-key':
      return ApiKeyAuthenticator.open(config.file, log);
    case 'jwt':
      return JwtAuthenticator.open(config, log);
  }
}

async function openUpstream(
  { upstream }: GatewayConfig,
  opened: Part[],
  log: Log,
): Promise<{ upstream: UpstreamConfig; sandboxUrl: string | null }> {
  if (upstream.kind === 'remote') return { upstream: upstream.remote, sandboxUrl: null };
  const { keyId, secretKey, port } = upstream.sandbox;
  const onError = (error: unknown) => log.error({ err: error }, 'the sandbox failed');
  const sandbox = await createSandbox({ keyId, secretKey, port, onError });
  opened.push(['the sandbox', () => sandbox.close()]);
  const credentials = { kind: 'basic', keyId, secretKey } as const;
  const upstreamConfig = { baseUrl: sandbox.url, credentials, eventsVersion: 'v2', currency: 'USD' } as const;
  return { upstream: upstreamConfig, sandboxUrl: sandbox.url };
}
