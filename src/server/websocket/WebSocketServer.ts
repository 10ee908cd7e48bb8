import { setTimeout as wait } from 'node:timers/promises';

import { GraphQLError } from 'graphql';
import { CloseCode, handleProtocols } from 'graphql-ws';
import type { Server as ProtocolServer } from 'graphql-ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer as SocketServer } from 'ws';
import type { WebSocket } from 'ws';

import type { Authenticator } from '../../auth/Authenticator.ts';
import { withoutBom } from '../../domain/withoutBom.ts';
import type { Log } from '../../log.ts';

import { hasSeveralCredentials, isForeignPage } from '../connections/originChecks.ts';
import { retryAfterSeconds } from '../../errors/limitErrors.ts';
import { asParameters, readRequestJson } from '../limits/readRequestJson.ts';
import type { ParseQueue } from '../limits/ParseQueue.ts';
import type { OpenSockets } from '../connections/OpenSockets.ts';
import { pathOf } from '../connections/pathOf.ts';
import { graphqlPath } from '../pipeline/pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { startHeartbeat } from './startHeartbeat.ts';
import { pauseWhenBacklogged } from './pauseWhenBacklogged.ts';
import { giveRequestId, requestIdHeader } from '../observe/requestId.ts';
import type { RunningOperations } from '../limits/RunningOperations.ts';
import { SocketLogin } from './SocketLogin.ts';
import type { Limits } from '../../config/limits.ts';
import { SocketOperations } from './SocketOperations.ts';
import { createSocketProtocol } from './SocketProtocol.ts';
import type { SocketExtra } from './SocketProtocol.ts';
import { SocketWriter } from './SocketWriter.ts';
import { staggerClose } from '../connections/staggerClose.ts';
import type { TrustedDocuments } from '../pipeline/request/TrustedDocuments.ts';

/** How long a client may take to answer a close before its socket is cut, in ms: it holds a place among the sockets. */
const closeTimeoutMs = 5_000;
/** The same while the gateway goes away. */
const closeGraceMs = 1_000;

const goingAway = 1001;

export interface WebSocketServerOptions {
  pipeline: Pipeline;
  documents: TrustedDocuments;
  turns: ParseQueue;
  authenticator: Authenticator;
  limits: Limits;
  open: OpenSockets;
  log: Log;
}

/** GraphQL over WebSocket: the sockets. What is said on them is the protocol's business. */
export class WebSocketServer {
  readonly #sockets: SocketServer;
  readonly #protocol: ProtocolServer<SocketExtra>;
  readonly #authenticator: Authenticator;
  readonly #limits: WebSocketServerOptions['limits'];
  readonly #open: OpenSockets;
  readonly #log: Log;

  constructor({ pipeline, documents, turns, authenticator, limits, open, log }: WebSocketServerOptions) {
    // Compressed frames would leave in their own time, and not behind those that are written beside `ws`.
    const perMessageDeflate = false;
    const maxPayload = limits.maxRequestBytes;
    // Its types don't know of the last one.
    const options = { noServer: true, handleProtocols, maxPayload, perMessageDeflate, closeTimeout: closeTimeoutMs };
    this.#sockets = new SocketServer(options);
    this.#protocol = createSocketProtocol({ pipeline, documents, turns, initTimeoutMs: limits.initTimeoutMs, log });
    this.#authenticator = authenticator;
    this.#limits = limits;
    this.#open = open;
    this.#log = log;
  }

  /** Takes over upgrades of the GraphQL path while the server listens; every other one is refused. */
  attach(server: Server, running: RunningOperations): void {
    this.#sockets.on('headers', (headers, request) => headers.push(`${requestIdHeader}: ${giveRequestId(request)}`));
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      stream.on('error', () => stream.destroy());
      if (pathOf(request) !== graphqlPath) refuse(stream, '404 Not Found');
      else if (hasSeveralCredentials(request)) refuse(stream, '400 Bad Request');
      else if (isForeignPage(request, this.#limits.corsOrigins)) refuse(stream, '403 Forbidden');
      else if (running.isDraining) refuse(stream, '503 Service Unavailable');
      else this.#accept(request, stream, head, running);
    });
  }

  /**
   * Closes every socket with a code that makes clients come back; one that doesn't answer is cut.
   *
   * @param spreadMs over which they are sent away, in ms
   */
  async close(spreadMs: number): Promise<void> {
    await staggerClose([...this.#sockets.clients], spreadMs, sendAway);
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
  }

  #accept(request: IncomingMessage, stream: Duplex, head: Buffer, running: RunningOperations): void {
    const release = this.#open.take();
    if (!release) {
      refuse(stream, '503 Service Unavailable', `retry-after: ${retryAfterSeconds}\r\n`);
      return;
    }
    stream.once('close', release);
    // `ws` reads it as a whole, and it may be one of several offers.
    request.headers.upgrade = 'websocket';
    this.#sockets.handleUpgrade(request, stream, head, (socket) => {
      this.#serve(socket, new SocketWriter(socket, stream), request, running);
      pauseWhenBacklogged(socket, stream);
    });
  }

  #serve(socket: WebSocket, writer: SocketWriter, request: IncomingMessage, running: RunningOperations): void {
    const max = this.#limits.maxOperations;
    let sent = Promise.resolve();
    const taken = () => sent;
    const operations = new SocketOperations({ socketId: giveRequestId(request), running, writer, taken, max });
    const close = (code: number, reason: string) => {
      writer.flush();
      socket.close(code, reason);
    };
    const login = new SocketLogin(this.#authenticator, operations, close);
    const news = () => {
      writer.flush();
      return socket.bufferedAmount === 0 ? operations.takeNews() : null;
    };
    const stopProbing = startHeartbeat(socket, { intervalMs: this.#limits.pingMs, news });
    socket.on('error', (error) => this.#log.debug({ err: error }, 'a client broke the WebSocket protocol'));
    const closed = this.#protocol.opened(
      {
        protocol: socket.protocol,
        send: (message) => {
          writer.flush();
          // Not waited for: meanwhile the client may use an id again, and the protocol would end the wrong operation.
          sent = send(socket, message);
        },
        close,
        onMessage: (take) => {
          socket.on('message', (data: Buffer) => {
            const message = this.#read(socket, data);
            if (message === null) return;
            noteLeaving(operations, message);
            // graphql-ws takes a message that is parsed already as well; its types name the text only.
            take(message as string).catch((error: unknown) => this.#fail(socket, error));
          });
        },
      },
      { request, operations, login },
    );
    socket.once('close', (code, reason) => {
      stopProbing();
      operations.leaveAll();
      closed(code, reason.toString('utf8')).catch((error: unknown) => this.#fail(socket, error));
    });
  }

  /** Undefined for what is no message, which the protocol refuses; null for what is too much. */
  #read(socket: WebSocket, data: Buffer): unknown {
    try {
      const text = withoutBom(data.toString('utf8'));
      const message = readRequestJson(text, this.#limits.maxTokens) as { type?: unknown; payload?: unknown } | null;
      if (message?.type === 'subscribe') return { ...message, payload: asParameters(message.payload) };
      // A ping's payload goes back as it came, and no other is looked at for numbers.
      return JSON.parse(text) ?? undefined;
    } catch (error) {
      if (error instanceof SyntaxError) return undefined;
      if (!(error instanceof GraphQLError)) throw error;
      // Whose operation it would be stands in what is not parsed, so the socket pays for it.
      socket.close(CloseCode.BadRequest, error.message);
      return null;
    }
  }

  /** A send that fails because the client has gone is no failure. */
  #fail(socket: WebSocket, error: unknown): void {
    if (socket.readyState !== socket.OPEN) return;
    if (isServersMessage(error)) {
      socket.close(CloseCode.BadRequest, 'Invalid message received');
      return;
    }
    this.#log.error({ err: error }, 'a message on a socket could not be handled');
    socket.close(CloseCode.InternalServerError, 'Internal server error');
  }
}

/** graphql-ws throws where a client says what only servers say, as `connection_ack`; it closes for every other nonsense. */
function isServersMessage(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Unexpected message of type');
}

/** Closed from this side too: a client that never closes its half must not hold a shutdown. */
function refuse(stream: Duplex, status: string, headers = ''): void {
  const head = `HTTP/1.1 ${status}\r\n${headers}connection: close\r\ncontent-length: 0\r\n\r\n`;
  stream.end(head, () => stream.destroy());
}

/** Fulfilled when the client's network has taken it, or when that has gone. */
function send(socket: WebSocket, message: string): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState !== socket.OPEN) resolve();
    else socket.send(message, () => resolve());
  });
}

/** graphql-ws has no hook for the client's `complete`, and the operation must know before its id is free again. */
function noteLeaving(operations: SocketOperations, message: unknown): void {
  const said = message as { type?: unknown; id?: unknown } | undefined;
  if (said?.type === 'complete' && typeof said.id === 'string') operations.leave(said.id);
}

async function sendAway(socket: WebSocket): Promise<void> {
  socket.close(goingAway, 'the gateway is going away');
  await Promise.race([whenClosed(socket), wait(closeGraceMs, undefined, { ref: false })]);
  socket.terminate();
}

function whenClosed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });
}
