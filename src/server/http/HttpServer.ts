import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';

import { closeAll } from '../../concurrency/closeAll.ts';
import { ArraySet } from '../../concurrency/ArraySet.ts';
import type { Limits } from '../../config/limits.ts';
import type { RunningOperations } from '../../engine/limits/RunningOperations.ts';
import { healthPath, isOwnPath, pathOf } from '../requests/paths.ts';
import { listen, urlOf } from '../connections/listen.ts';
import type { ListenOptions } from '../connections/listen.ts';
import { StalledSockets } from '../connections/StalledSockets.ts';
import { staggerClose } from '../connections/staggerClose.ts';
import { requestIdHeader, requestIdOf } from '../requests/requestId.ts';
import type { WebSocketServer } from '../websocket/WebSocketServer.ts';
import type { Endpoint } from './Endpoint.ts';
import { HttpRequest } from './HttpRequest.ts';
import { HttpResponse } from './HttpResponse.ts';
import { peekAndShedQuery } from './peekAndShedQuery.ts';
import { isOrdinaryPost } from './PostDoor.ts';
import type { PostDoor } from './PostDoor.ts';
import { checkRequestTarget, normalizeHead } from './requestHead.ts';
import type { TargetProblem } from './requestHead.ts';
import { corsHeaders, securityHeaders } from './securityHeaders.ts';
import { sendOverloaded } from './sendOverloaded.ts';

export interface HttpServerOptions extends ListenOptions, Pick<Limits, 'corsOrigins' | 'corsHeaders'> {
  /** A client that reads nothing for this long is disconnected, in ms. */
  stallTimeoutMs: number;
  /** Maximum time for a client to send a whole request, in ms; the response to a slower request is 408. */
  requestTimeoutMs: number;
  /** How long an idle connection is kept open after a response, in ms. */
  keepAliveMs: number;
  /** Maximum number of TCP connections; further ones are closed without a response. */
  maxConnections: number;
  /** How long a shutdown waits for running operations, in ms. */
  graceMs: number;
  /**
   * Time over which a shutdown disconnects subscribers, in ms, so that they don't reconnect all at once. Default 3,000.
   */
  spreadMs?: number;
  /** The paths besides GraphQL's. The first route with an endpoint for a request handles it. */
  routes?: readonly Route[];
}

export interface Route {
  /** @returns undefined if the route does not serve this path or the method of the request */
  find(path: string, request: IncomingMessage): Endpoint | undefined;
}

export interface HttpDoors {
  post: PostDoor;
  /** Yoga, for all other requests. */
  yoga: (request: IncomingMessage, response: HttpResponse) => unknown;
}

/**
 * The HTTP server for clients. It passes requests to the doors (ordinary POST requests, Yoga, WebSockets) and the
 * routes.
 */
export class HttpServer {
  readonly #server: Server<typeof HttpRequest, typeof HttpResponse>;
  readonly #doors: HttpDoors;
  readonly #webSockets: WebSocketServer;
  readonly #running: RunningOperations;
  readonly #options: HttpServerOptions;
  readonly #responses = new ArraySet<HttpResponse>();
  readonly #stalled: StalledSockets;

  constructor(doors: HttpDoors, webSockets: WebSocketServer, running: RunningOperations, options: HttpServerOptions) {
    this.#doors = doors;
    this.#webSockets = webSockets;
    this.#running = running;
    this.#options = options;
    const { requestTimeoutMs: requestTimeout, keepAliveMs: keepAliveTimeout, maxConnections } = options;
    const connectionsCheckingInterval = Math.min(1_000, requestTimeout / 4);
    this.#server = createServer(
      {
        IncomingMessage: HttpRequest,
        ServerResponse: HttpResponse,
        keepAliveTimeout,
        // Both timeouts apply only while a request arrives, so neither closes an idle connection.
        headersTimeout: requestTimeout,
        requestTimeout,
        connectionsCheckingInterval,
      },
      (request, response) => this.#serve(request, response),
    );
    this.#server.maxConnections = maxConnections;
    this.#stalled = new StalledSockets(options.stallTimeoutMs);
    this.#server.on('connection', (socket) => this.#stalled.watch(socket));
    webSockets.attach(this.#server);
  }

  /** The URL of the server, without a path. */
  get url(): string {
    return urlOf(this.#server, this.#options.host);
  }

  /** @throws the socket's error, e.g. `EADDRINUSE` */
  listen(): Promise<void> {
    return listen(this.#server, this.#options);
  }

  /**
   * Stops accepting connections and waits until running operations are done and their responses sent. Then closes
   * WebSockets with a code on which clients reconnect, and event streams without `complete`, after which clients would
   * not reconnect.
   */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const response of this.#responses.list()) closeConnectionAfter(response);
    const { spreadMs = 3_000 } = this.#options;
    const closeStreams = () => staggerClose(this.#responses.list(), spreadMs, (response) => void response.destroy());
    const closeConnections = () => {
      this.#server.closeAllConnections();
      return closed;
    };
    await closeAll([
      ['running operations', () => this.#running.drain(AbortSignal.timeout(this.#options.graceMs))],
      ['WebSockets and event streams', () => Promise.all([this.#webSockets.close(spreadMs), closeStreams()])],
      ['connections', closeConnections],
      ['the checks for stalled sockets', () => this.#stalled.close()],
    ]);
  }

  /** Serves or refuses a request. An overloaded process refuses it before doing any other work for it. */
  #serve(request: IncomingMessage, response: HttpResponse): void {
    normalizeHead(request);
    const path = pathOf(request);
    const isOwn = isOwnPath(path);
    const endpoint = isOwn ? undefined : this.#findEndpoint(path, request);
    const problem = checkRequestTarget(request, isOwn || endpoint !== undefined);
    // The operations of an endpoint are refused by the engine, which knows their type.
    const isAdmitted = problem !== null || path === healthPath || endpoint || this.#running.hasRoomFor('query');
    if (isAdmitted) this.#admit(request, response, problem, endpoint);
    else if (this.#running.hasRoomFor('any')) this.#peek(request, response);
    else this.#shed(request, response);
  }

  #peek(request: IncomingMessage, response: HttpResponse): void {
    const admit = () => this.#admit(request, response, null, undefined);
    peekAndShedQuery(request, admit, () => this.#shed(request, response));
  }

  /**
   * Serves a request. Its response counts as running until it has been sent, unless the operation is a subscription.
   */
  #admit(
    request: IncomingMessage,
    response: HttpResponse,
    problem: TargetProblem | null,
    endpoint: Endpoint | undefined,
  ): void {
    let isHeld = false;
    let isClosed = false;
    const begin = () => {
      if (isClosed || isHeld) return;
      isHeld = true;
      this.#running.hold(response);
    };
    // A shutdown doesn't wait for requests that have not arrived completely.
    if (request.method === 'GET' || request.method === 'HEAD' || request.readableEnded) begin();
    else request.on('end', begin);
    const slot = this.#responses.add(response);
    response.on('close', () => {
      isClosed = true;
      this.#responses.remove(slot);
      if (isHeld) this.#running.release(response);
    });
    if (this.#running.isDraining) closeConnectionAfter(response);
    const head = [...securityHeaders, requestIdHeader, requestIdOf(request)];
    if (request.headers.origin !== undefined) head.push(...corsHeaders(request, this.#options));
    if (!problem && !endpoint && isOrdinaryPost(request)) {
      void this.#doors.post.serve(request, response, head);
      return;
    }
    for (let at = 0; at + 1 < head.length; at += 2) response.setHeader(head[at] ?? '', head[at + 1] ?? '');
    const isPreflight = this.#options.corsOrigins.length > 0 && request.method === 'OPTIONS';
    if (problem) response.writeHead(problem.status, { 'content-type': 'text/plain' }).end(problem.message);
    else if (isPreflight) response.writeHead(204, { 'content-length': 0 }).end();
    else void (endpoint ?? this.#doors.yoga)(request, response);
  }

  #shed(request: IncomingMessage, response: HttpResponse): void {
    this.#running.countShed();
    if (this.#running.isDraining) closeConnectionAfter(response);
    sendOverloaded(request, response);
  }

  #findEndpoint(path: string, request: IncomingMessage): Endpoint | undefined {
    for (const route of this.#options.routes ?? []) {
      const endpoint = route.find(path, request);
      if (endpoint) return endpoint;
    }
    return undefined;
  }
}

/** Without this header a client could send its next request on a connection that is about to close. */
function closeConnectionAfter(response: HttpResponse): void {
  if (!response.headersSent) response.setHeader('connection', 'close');
}
