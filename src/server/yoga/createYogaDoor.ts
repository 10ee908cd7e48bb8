import { createYoga } from 'graphql-yoga';
import type { YogaServerInstance } from 'graphql-yoga';

import type { Authenticator } from '../../auth/Authenticator.ts';
import type { Limits } from '../../config/limits.ts';
import type { Engine } from '../../engine/Engine.ts';
import { publicError } from '../../engine/errors/publicError.ts';
import type { Log } from '../../log.ts';

import { graphqlPath, healthPath } from '../connections/paths.ts';
import { mayUseGraphiql } from '../graphiql/mayUseGraphiql.ts';
import { renderGraphiqlPage } from '../graphiql/renderGraphiqlPage.ts';
import type { ParseQueue } from '../limits/ParseQueue.ts';
import { useAcceptableResponses } from './useAcceptableResponses.ts';
import { useBodyEncoding } from './useBodyEncoding.ts';
import { useCrossSiteGuard } from './useCrossSiteGuard.ts';
import { useEngine } from './useEngine.ts';
import type { YogaContext } from './useEngine.ts';
import { useEventStreams } from './useEventStreams.ts';
import { useRequestJson } from './useRequestJson.ts';

export interface YogaDoorOptions {
  engine: Engine;
  authenticator: Authenticator;
  limits: Limits;
  turns: ParseQueue;
  log: Log;
  /** In front of a sandbox everybody may use GraphiQL; otherwise it takes the scope to read the schema. */
  isSandbox: boolean;
  /** The initial query of GraphiQL. */
  defaultQuery: string;
}

export type YogaDoor = YogaServerInstance<YogaContext, object>;

/**
 * The door for every request but an ordinary POST: GET, forms, other media types, GraphiQL and health checks. Yoga reads
 * the request and writes the response; the engine does what is between. The order of the plugins is that of the refusals:
 * a client that is not authenticated learns nothing else about its request.
 */
export function createYogaDoor(options: YogaDoorOptions): YogaDoor {
  const { engine, authenticator, limits, turns, log } = options;
  return createYoga<YogaContext, object>({
    graphqlEndpoint: graphqlPath,
    healthCheckEndpoint: healthPath,
    landingPage: false,
    parserAndValidationCache: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: limits.maxRequestBytes,
    cors: false,
    logging: false,
    maskedErrors: { maskError: (error: unknown) => publicError(error, log) },
    plugins: [
      useEngine({ engine, authenticator, pingMs: limits.pingMs }),
      useCrossSiteGuard(limits.corsOrigins),
      useRequestJson(limits.maxTokens, turns),
      // Wraps the parser that the plugin above has set.
      useBodyEncoding(),
      useAcceptableResponses(),
      useEventStreams(log),
    ],
    graphiql: (request) => graphiqlFor(request, options),
    renderGraphiQL: renderGraphiqlPage,
  });
}

/**
 * GraphiQL is served by the gateway itself, not by a CDN. Its subscriptions use server-sent events, because over
 * WebSocket it sends no header of its editor. Those headers can contain a key, so the browser does not store them.
 */
async function graphiqlFor({ headers }: Request, { defaultQuery, ...rights }: YogaDoorOptions) {
  if (!(await mayUseGraphiql(headers.get('authorization'), rights))) return false;
  return { title: 'Journals gateway', defaultQuery, method: 'POST' as const, shouldPersistHeaders: false };
}
