import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { closeAll } from '../../concurrency/closeAll.ts';

import { HttpRequest } from './HttpRequest.ts';
import { isHealthCheck, checkRequestTarget } from './checkRequestTarget.ts';
import type { TargetProblem } from './checkRequestTarget.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { sendOverloaded } from './sendOverloaded.ts';
import { giveRequestId, requestIdHeader } from '../observe/requestId.ts';
import type { RunningOperations } from '../limits/RunningOperations.ts';
import { setSecurityHeaders } from './securityHeaders.ts';
import { peekAndShedQuery } from './peekAndShedQuery.ts';
import { staggerClose } from '../connections/staggerClose.ts';
import { StalledSockets } from '../connections/StalledSockets.ts';
import { normalizeHead } from './normalizeHead.ts';
import type { WebSocketServer } from '../websocket/WebSocketServer.ts';

export interface HttpServerOptions {
  host: string;
  /** 0 takes any free one. */
  port: number;
  /** How long a client may take nothing of what waits for it, in ms. */
  stallTimeoutMs: number;
  /** How long a client may take to say a request, in ms; then it is answered with 408. */
  requestTimeoutMs: number;
  /** How long a connection is kept after an answer, in ms. */
  keepAliveMs: number;
  /** Connections at once, whatever they carry; further ones are closed unanswered. */
  maxConnections: number;
  /** How long a shutdown waits for running operations, in ms. */
  graceMs: number;
  /** Over how long it then sends subscribers away, in ms, so that they don't all come back at once. Default 3,000. */
  spreadMs?: number;
}

/** One port for everything that clients use: HTTP and SSE through Yoga, WebSocket beside it. */
export class HttpServer {
  readonly #server: Server<typeof HttpRequest>;
  readonly #webSockets: WebSocketServer;
  readonly #running: RunningOperations;
  readonly #options: HttpServerOptions;
  readonly #answers = new Set<ServerResponse>();
  readonly #stalled: StalledSockets;

  constructor(pipeline: Pipeline, webSockets: WebSocketServer, running: RunningOperations, options: HttpServerOptions) {
    this.#webSockets = webSockets;
    this.#running = running;
    this.#options = options;
    const { requestTimeoutMs: requestTimeout, keepAliveMs: keepAliveTimeout, maxConnections } = options;
    const connectionsCheckingInterval = Math.min(1_000, requestTimeout / 4);
    this.#server = createServer(
      {
        IncomingMessage: HttpRequest,
        keepAliveTimeout,
        // Counted while a head arrives, so neither ends a connection that is kept.
        headersTimeout: requestTimeout,
        requestTimeout,
        connectionsCheckingInterval,
      },
      (request, response) => this.#serve(pipeline, request, response),
    );
    this.#server.maxConnections = maxConnections;
    this.#stalled = new StalledSockets(options.stallTimeoutMs);
    this.#server.on('connection', (socket) => this.#stalled.watch(socket));
    webSockets.attach(this.#server, running);
  }

  /** Where it listens, without a path. */
  get url(): string {
    const { port } = this.#server.address() as AddressInfo;
    const { host } = this.#options;
    return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** @throws the socket's error, e.g. `EADDRINUSE` */
  listen(): Promise<void> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
  }

  /**
   * Stops accepting, lets running operations finish and their answers leave, then closes what is still open:
   * WebSockets with a code that makes clients come back, SSE without `complete`, which would tell them to stay away.
   */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const answer of this.#answers) endConnectionWith(answer);
    const { spreadMs = 3_000 } = this.#options;
    const cutStreams = () => staggerClose([...this.#answers], spreadMs, (answer) => void answer.destroy());
    const cutConnections = () => {
      this.#server.closeAllConnections();
      return closed;
    };
    await closeAll([
      ['running operations', () => this.#running.drain(AbortSignal.timeout(this.#options.graceMs))],
      ['WebSockets and event streams', () => Promise.all([this.#webSockets.close(spreadMs), cutStreams()])],
      ['connections', cutConnections],
      ['the watch over stalled sockets', () => this.#stalled.close()],
    ]);
  }

  /** Whether there is room is judged first: what is refused for want of it should leave no trace and cost nothing. */
  #serve(pipeline: Pipeline, request: IncomingMessage, response: ServerResponse): void {
    normalizeHead(request);
    const wrong = checkRequestTarget(request);
    const isAnswered = wrong !== null || isHealthCheck(request);
    const admit = () => this.#admit(pipeline, request, response, wrong);
    if (isAnswered || this.#running.hasRoomFor('query')) admit();
    else if (this.#running.hasRoomFor('any')) peekAndShedQuery(request, admit, () => this.#shed(request, response));
    else this.#shed(request, response);
  }

  /** An answer counts as running until it has left, unless it turns out to be a subscription's. */
  #admit(pipeline: Pipeline, request: IncomingMessage, response: ServerResponse, wrong: TargetProblem | null): void {
    let end: (() => void) | null = null;
    let isOver = false;
    const begin = () => {
      if (!isOver) end ??= this.#running.begin(response);
    };
    // What a client has not finished asking is nothing that a shutdown would wait for.
    if (request.method === 'GET' || request.method === 'HEAD' || request.readableEnded) begin();
    else request.once('end', begin);
    this.#answers.add(response);
    response.once('close', () => {
      isOver = true;
      this.#answers.delete(response);
      end?.();
    });
    if (this.#running.isDraining) endConnectionWith(response);
    response.setHeader(requestIdHeader, giveRequestId(request));
    setSecurityHeaders(response);
    if (wrong) response.writeHead(wrong.status, { 'content-type': 'text/plain' }).end(wrong.message);
    else void pipeline(request, response);
  }

  #shed(request: IncomingMessage, response: ServerResponse): void {
    this.#running.noteShed();
    if (this.#running.isDraining) endConnectionWith(response);
    sendOverloaded(request, response);
  }
}

/** A client that is told so doesn't send its next operation where nobody will read it. */
function endConnectionWith(answer: ServerResponse): void {
  if (!answer.headersSent) answer.setHeader('connection', 'close');
}
