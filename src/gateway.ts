import { setTimeout as wait } from 'node:timers/promises';

import { AdminServer } from './admin/AdminServer.ts';
import { Readiness } from './admin/Readiness.ts';
import { UpstreamCheck } from './admin/UpstreamCheck.ts';
import { ApiKeyAuthenticator } from './auth/ApiKeyAuthenticator.ts';
import { openToAll } from './auth/Authenticator.ts';
import type { Authenticator } from './auth/Authenticator.ts';
import { IdempotencyKeys } from './auth/IdempotencyKeys.ts';
import { closeAll } from './concurrency/closeAll.ts';
import type { Part } from './concurrency/closeAll.ts';
import { waitFor } from './concurrency/waitFor.ts';
import type { GatewayConfig } from './config/readConfig.ts';
import type { UpstreamConfig } from './config/upstream.ts';
import { OperationContext } from './context.ts';
import { PrincipalLimits } from './engine/limits/PrincipalLimits.ts';
import { RunningOperations } from './engine/limits/RunningOperations.ts';
import { StatusEvents } from './events/StatusEvents.ts';
import { JournalWaits } from './events/waiting/JournalWaits.ts';
import { openDoors } from './gateway/openDoors.ts';
import { openObservers } from './gateway/openObservers.ts';
import { openOutcomes } from './gateway/openOutcomes.ts';
import { openApi, openUpstream } from './gateway/openUpstream.ts';
import { EventJournals } from './loaders/EventJournals.ts';
import { JournalSidesCache } from './loaders/JournalSidesCache.ts';
import { SharedReads } from './loaders/SharedReads.ts';
import type { Log } from './log.ts';
import { openRedis } from './redis/openRedis.ts';
import { Sharing } from './redis/Sharing.ts';
import { graphqlPath, healthPath } from './server/requests/paths.ts';

export interface GatewayOptions {
  config: GatewayConfig;
  log: Log;
  /** The initial query in GraphiQL. */
  defaultQuery: string;
}

export interface Gateway {
  /** The GraphQL endpoint for HTTP and SSE. The WebSocket endpoint has the same URL with the scheme `ws:`. */
  readonly url: string;
  readonly healthUrl: string;
  /** The URL of the admin port, without a path; null if there is none. */
  readonly adminUrl: string | null;
  /** The URL of the web console; null if it is not served. */
  readonly consoleUrl: string | null;
  /** The URL of the sandbox; null if none was started. */
  readonly sandboxUrl: string | null;
  /**
   * Lets running operations finish, then closes every socket, stream and timer. All parts are closed, even if closing
   * one of them fails. Further calls wait for the same shutdown.
   *
   * @throws AggregateError with one error for each part that could not be closed
   */
  close(): Promise<void>;
}

/** How long startup waits for the event feed, in ms. Without the feed, everything but live status is served. */
const feedTimeoutMs = 2_000;

/**
 * Creates all parts and closes them in reverse order. Only this file and the files in `gateway/` import every layer.
 *
 * @throws the error that made startup fail, after closing the parts that were already open
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const opened: Part[] = [];
  let closing: Promise<void> | null = null;
  const close = () => (closing ??= closeAll(opened.toReversed()));
  try {
    return { ...(await open(options, opened)), close };
  } catch (error) {
    await close().catch((failure: unknown) =>
      options.log.error({ err: failure }, 'some parts could not be closed after a failed start'),
    );
    throw error;
  }
}

/** Opens the parts from the API up to the ports, and adds each of them to `opened`. */
async function open({ config, log, defaultQuery }: GatewayOptions, opened: Part[]): Promise<Omit<Gateway, 'close'>> {
  const authenticator = await openAuthenticator(config, log);
  opened.push(['the authenticator', () => authenticator.close()]);
  const { metrics, ...observed } = await openObservers(config, opened, log);
  const upstreamCheck = new UpstreamCheck();

  const { upstream: api, sandboxUrl } = await openApi(config, opened, log);
  const sharing = await openSharing(config, api, opened, log);
  const observers = [upstreamCheck, ...observed.upstream];
  const upstream = openUpstream(api, { opened, observers, sharing, log });
  const { clock, governor, connection, journals } = upstream;

  const eventsOptions = { ...config.events, redis: sharing?.redis ?? null };
  const statusEvents = new StatusEvents(upstream.statusEvents, clock, log, eventsOptions);
  opened.push(['the status feed', () => statusEvents.close()]);
  statusEvents.start();
  const read = (id: string, signal: AbortSignal) => journals.get(id, signal);
  const journalWaits = new JournalWaits({ events: statusEvents, read, log });
  opened.push(['the waits for journals', () => journalWaits.close()]);

  const outcomes = await openOutcomes(config, { opened, upstream, events: statusEvents, sharing, log });
  const { dailyCaps, reverseBatches, keyUses } = outcomes;
  const journalSides = new JournalSidesCache(journals);
  const eventJournals = new EventJournals(journals, journalSides);
  const sharedReads = new SharedReads(journals, () => statusEvents.mark);
  const reads = { journals, sharedReads, statusEvents, journalWaits, journalSides, eventJournals };
  const writes = { keyUses, reverseBatches, dailyCaps, idempotencyKeys: new IdempotencyKeys() };
  const parts = { ...reads, ...writes, clock, firmCurrency: api.currency };

  const running = new RunningOperations(config.limits.maxRunning);
  const principalLimits = new PrincipalLimits(config.limits, sharing);
  opened.push(['the limits of principals', () => principalLimits.close()]);
  const { server, hasConsole } = await openDoors(config, {
    authenticator,
    createContext: (facts) => new OperationContext(parts, facts),
    running,
    principalLimits,
    observers: observed.operations,
    sandboxUrl,
    defaultQuery,
    log,
  });
  opened.push(["the clients' port", () => server.close()]);

  const readiness = new Readiness({
    upstream: () => upstreamCheck.report(connection, governor),
    feed: () => statusEvents.feedState,
    sharing: sharing && (() => sharing.state),
  });
  metrics?.watch(() => ({
    phase: readiness.phase,
    running: running.count,
    shed: running.shed,
    upstream: connection.state,
    callsLeft: governor.remaining,
    pausedMs: governor.opensInMs,
    events: statusEvents.state,
    reverseBatches: outcomes.store.unsettledCounts,
    sharing: sharing && sharing.state,
  }));
  const { admin: adminConfig, limits } = config;
  const admin =
    adminConfig &&
    metrics &&
    new AdminServer({ ...adminConfig, keepAliveMs: limits.keepAliveMs, readiness, metrics, log });
  if (admin) {
    opened.push(['the admin port', () => admin.close()]);
    await admin.listen();
  }

  await Promise.all([waitFor(statusEvents.firstAttempt, { timeoutMs: feedTimeoutMs }), wait(outcomes.opensInMs)]);
  await server.listen();
  const announce = () => {
    readiness.enter('draining');
    log.info('draining');
    // Load balancers must notice that the gateway is not ready before it refuses clients.
    return wait(config.shutdown.delayMs);
  };
  opened.push(['the announcement of the shutdown', announce]);
  readiness.enter('serving');
  const [url, healthUrl] = [`${server.url}${graphqlPath}`, `${server.url}${healthPath}`];
  return { url, healthUrl, consoleUrl: hasConsole ? `${server.url}/` : null, adminUrl: admin?.url ?? null, sandboxUrl };
}

/** Opens the configured authenticator. The code that verifies tokens is loaded only if it is needed. */
async function openAuthenticator({ auth }: GatewayConfig, log: Log): Promise<Authenticator> {
  switch (auth.kind) {
    case 'none':
      return openToAll();
    case 'api-key':
      return ApiKeyAuthenticator.open(auth.file, log);
    case 'jwt': {
      const { JwtAuthenticator } = await import('./auth/JwtAuthenticator.ts');
      return JwtAuthenticator.open(auth, log);
    }
  }
}

/** Connects to Redis and the gateways that share it. @returns null if the gateway runs alone */
async function openSharing(
  { redis: config, outcomes }: GatewayConfig,
  { baseUrl, credentials }: UpstreamConfig,
  opened: Part[],
  log: Log,
): Promise<Sharing | null> {
  if (!config) return null;
  if (outcomes.file !== null) log.warn('OUTCOMES_FILE is not used: with REDIS_URL outcomes are kept in Redis');
  const { url, prefix, account } = config;
  const credentialsId = credentials.kind === 'basic' ? credentials.keyId : credentials.clientId;
  const redis = await openRedis(url, { prefix, baseUrl, account, credentialsId }, log);
  opened.push(['redis', () => redis.close()]);
  const sharing = new Sharing(redis);
  opened.push(['the link to other gateways', () => sharing.close()]);
  await sharing.start();
  return sharing;
}
