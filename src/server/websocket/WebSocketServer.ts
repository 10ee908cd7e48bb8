import { GraphQLError } from 'graphql';
import { CloseCode, handleProtocols, MessageType } from 'graphql-ws';
import type { Server as ProtocolServer } from 'graphql-ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer as SocketServer } from 'ws';
import type { WebSocket } from 'ws';

import { waitFor } from '../../concurrency/waitFor.ts';
import { withoutBom } from '../../domain/readJson.ts';
import type { OpenSockets } from '../../engine/limits/OpenSockets.ts';
import type { RunningOperations } from '../../engine/limits/RunningOperations.ts';
import { retryAfterSeconds } from '../../errors/limitErrors.ts';

import type { DoorParts } from '../requests/DoorParts.ts';
import { hasSeveralCredentials, isForeignPage } from '../requests/originChecks.ts';
import { asParameters, readRequestJson } from '../requests/readRequestJson.ts';
import { graphqlPath, pathOf } from '../requests/paths.ts';
import { startHeartbeat } from './startHeartbeat.ts';
import { pauseReading } from './pauseReading.ts';
import { requestIdHeader, requestIdOf } from '../requests/requestId.ts';
import { SocketLogin } from './SocketLogin.ts';
import { SocketOperations } from './SocketOperations.ts';
import { createSocketProtocol } from './SocketProtocol.ts';
import type { SocketExtra } from './SocketProtocol.ts';
import { SocketWriter } from './SocketWriter.ts';
import { staggerClose } from '../connections/staggerClose.ts';

/** How long a client may take to answer a close frame before its socket is terminated, in ms. */
const closeTimeoutMs = 5_000;
/** The same timeout during a shutdown. */
const shutdownCloseTimeoutMs = 1_000;

const goingAway = 1001;

/** The message types of clients. graphql-ws throws if it receives one that only servers send. */
const clientMessageTypes: readonly unknown[] = [
  MessageType.ConnectionInit,
  MessageType.Ping,
  MessageType.Pong,
  MessageType.Subscribe,
  MessageType.Complete,
];

export interface WebSocketServerOptions extends DoorParts {
  open: OpenSockets;
  running: RunningOperations;
}

/** Accepts, watches and closes the WebSockets; `SocketProtocol` handles their messages. */
export class WebSocketServer {
  readonly #sockets: SocketServer;
  readonly #protocol: ProtocolServer<SocketExtra>;
  readonly #options: WebSocketServerOptions;

  constructor(options: WebSocketServerOptions) {
    // `ws` compresses asynchronously, so its frames would not keep their order with those of `SocketWriter`.
    const perMessageDeflate = false;
    const maxPayload = options.limits.maxRequestBytes;
    // A variable, since the types of `ws` lack `closeTimeout`.
    const settings = { noServer: true, handleProtocols, maxPayload, perMessageDeflate, closeTimeout: closeTimeoutMs };
    this.#sockets = new SocketServer(settings);
    this.#protocol = createSocketProtocol(options);
    this.#options = options;
  }

  /** Accepts upgrade requests for the GraphQL path and refuses all others. */
  attach(server: Server): void {
    const { limits, running } = this.#options;
    this.#sockets.on('headers', (headers, request) => headers.push(`${requestIdHeader}: ${requestIdOf(request)}`));
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      stream.on('error', () => stream.destroy());
      if (pathOf(request) !== graphqlPath) refuse(stream, '404 Not Found');
      else if (hasSeveralCredentials(request)) refuse(stream, '400 Bad Request');
      else if (isForeignPage(request, limits.corsOrigins)) refuse(stream, '403 Forbidden');
      else if (running.isDraining) refuse(stream, '503 Service Unavailable');
      else this.#accept(request, stream, head);
    });
  }

  /**
   * Closes every socket with a code after which clients reconnect. Terminates those that do not answer.
   *
   * @param spreadMs period over which the sockets are closed
   */
  async close(spreadMs: number): Promise<void> {
    await staggerClose([...this.#sockets.clients], spreadMs, closeForShutdown);
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
  }

  #accept(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const release = this.#options.open.take();
    if (!release) {
      refuse(stream, '503 Service Unavailable', `retry-after: ${retryAfterSeconds}\r\n`);
      return;
    }
    stream.once('close', release);
    // `ws` expects this value alone, but a client may offer several protocols.
    request.headers.upgrade = 'websocket';
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      this.#serve(socket, new SocketWriter(socket, stream), request);
      pauseReading(socket, stream);
    });
  }

  #serve(socket: WebSocket, writer: SocketWriter, request: IncomingMessage): void {
    const { authenticator, limits, log, running } = this.#options;
    const socketId = requestIdOf(request);
    const operations = new SocketOperations({ socketId, running, writer, max: limits.maxOperations });
    const login = new SocketLogin(authenticator, operations, writer);
    const takePosition = () => (writer.flush() ? operations.takePosition() : null);
    const stopHeartbeat = startHeartbeat(socket, limits.pingMs, takePosition);
    socket.on('error', (error) => log.debug({ err: error }, 'a client violated the WebSocket protocol'));
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        // Returns no promise: while graphql-ws awaited one, the client could reuse an id, and graphql-ws would then end
        // the wrong operation.
        send: (message) => writer.send(message),
        close: (code, reason) => writer.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', (data: Buffer) => {
            const message = this.#read(socket, data);
            if (message === null) return;
            cancelIfCompleted(operations, message);
            // graphql-ws also accepts a parsed message, although its types only allow text.
            handle(message as string).catch((error: unknown) => this.#fail(socket, error));
          });
        },
      },
      { request, operations, login, writer },
    );
    socket.once('close', (code, reason) => {
      stopHeartbeat();
      operations.cancelAll();
      closed(code, reason.toString('utf8')).catch((error: unknown) => this.#fail(socket, error));
    });
  }

  /**
   * @returns undefined for an invalid message, which graphql-ws refuses; null if it is too large and the socket closed
   */
  #read(socket: WebSocket, data: Buffer): unknown {
    try {
      const text = withoutBom(data.toString('utf8'));
      const { maxTokens } = this.#options.limits;
      const message = readRequestJson(text, maxTokens) as { type?: unknown; payload?: unknown } | null;
      if (!clientMessageTypes.includes(message?.type)) return undefined;
      if (message?.type === MessageType.Subscribe) return { ...message, payload: asParameters(message.payload) };
      // Only operations need exact numbers; the payload of a ping is echoed as it was sent.
      return JSON.parse(text);
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      if (!(error instanceof GraphQLError)) throw error;
      // The id of the operation was not parsed, so the error can't be sent for it.
      socket.close(CloseCode.BadRequest, error.message);
      return null;
    }
  }

  /** Ignores errors of a socket that has closed, such as a failed send. */
  #fail(socket: WebSocket, error: unknown): void {
    if (socket.readyState !== socket.OPEN) return;
    this.#options.log.error({ err: error }, 'a message on a socket could not be handled');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  }
}

/** Destroys the stream after the response: a client that never closes its side must not delay a shutdown. */
function refuse(stream: Duplex, status: string, headers = ''): void {
  const head = `HTTP/1.1 ${status}\r\n${headers}connection: close\r\ncontent-length: 0\r\n\r\n`;
  stream.end(head, () => stream.destroy());
}

/**
 * graphql-ws has no hook for a client's `complete`, and the operation must be cancelled before its id is free again.
 */
function cancelIfCompleted(operations: SocketOperations, message: unknown): void {
  const { type, id } = (message ?? {}) as { type?: unknown; id?: unknown };
  if (type === MessageType.Complete && typeof id === 'string') operations.cancel(id);
}

async function closeForShutdown(socket: WebSocket): Promise<void> {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.close(goingAway, 'the gateway is going away');
  if (socket.readyState !== socket.CLOSED) await waitFor(closed, { timeoutMs: shutdownCloseTimeoutMs });
  socket.terminate();
}
