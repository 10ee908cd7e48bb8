import { createYoga } from 'graphql-yoga';
import type { YogaServerInstance } from 'graphql-yoga';

import { publicError } from '../../engine/errors/publicError.ts';

import type { DoorParts } from '../requests/DoorParts.ts';
import { graphqlPath, healthPath } from '../requests/paths.ts';
import type { Graphiql } from '../graphiql/Graphiql.ts';
import { renderGraphiqlPage } from '../graphiql/graphiqlBundle.ts';
import { useEngine } from './useEngine.ts';
import type { YogaContext } from './useEngine.ts';
import { useRequestChecks } from './useRequestChecks.ts';
import { useRequestParser } from './useRequestParser.ts';

export interface YogaDoorOptions extends DoorParts {
  graphiql: Graphiql;
  /** The initial query of GraphiQL. */
  defaultQuery: string;
}

export type YogaDoor = YogaServerInstance<YogaContext, object>;

/**
 * The door for every request but an ordinary POST: GET, forms, other media types, GraphiQL and health checks. Yoga
 * reads the request and writes the response; the engine runs the operation. The plugins check a request in their order:
 * a client that is not authenticated learns nothing else about its request.
 */
export function createYogaDoor(options: YogaDoorOptions): YogaDoor {
  const { limits, log } = options;
  return createYoga<YogaContext, object>({
    graphqlEndpoint: graphqlPath,
    healthCheckEndpoint: healthPath,
    landingPage: false,
    parserAndValidationCache: false,
    batching: false,
    multipart: false,
    // `useRequestParser` limits it. Yoga would leave the rest of a body that is too large unread on the connection.
    maxRequestBodySize: false,
    cors: false,
    logging: false,
    maskedErrors: { maskError: (error: unknown) => publicError(error, log) },
    plugins: [useEngine(options), useRequestChecks(limits.corsOrigins), useRequestParser(options)],
    graphiql: (request) => graphiqlFor(request, options),
    renderGraphiQL: renderGraphiqlPage,
  });
}

/**
 * GraphiQL is served by the gateway itself, not by a CDN. Its subscriptions use server-sent events, because over a
 * WebSocket GraphiQL does not send the headers from its editor. Those headers can contain a key, so the browser does
 * not store them.
 */
async function graphiqlFor({ headers }: Request, { graphiql, defaultQuery }: YogaDoorOptions) {
  if (!(await graphiql.isAllowed(headers.get('authorization')))) return false;
  return { title: 'Journals gateway', defaultQuery, method: 'POST' as const, shouldPersistHeaders: false };
}
