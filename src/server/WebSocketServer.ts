import { setTimeout as wait } from 'node:timers/promises';

import { GraphQLError } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLFormattedError, GraphQLSchema } from 'graphql';
import type { Context, SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import type { Extra } from 'graphql-ws/use/ws';
import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer as SocketServer } from 'ws';
import type { WebSocket } from 'ws';

import type { OperationContext } from '../context.ts';
import type { Log } from '../log.ts';

import { graphqlPath } from './pipeline.ts';
import type { Pipeline } from './pipeline.ts';
import { restateError } from './restateError.ts';

/** What graphql-ws keeps for a socket: the signals of its operations. */
interface SocketExtra extends Extra, Record<PropertyKey, unknown> {
  operations?: Map<string, AbortController>;
}

type SocketContext = Context<Record<string, unknown> | undefined, SocketExtra>;

/** The functions of one operation with every hook around them; envelop types them as `any`. */
interface Enveloped {
  schema: GraphQLSchema;
  parse: (source: string) => DocumentNode;
  validate: (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[];
  contextFactory: () => Promise<OperationContext> | OperationContext;
  execute: (args: ExecutionArgs) => Promise<ExecutionResult> | AsyncIterableIterator<ExecutionResult>;
  subscribe: (args: ExecutionArgs) => Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult>;
}

/** How long a client may take to answer a close before its socket is cut, in ms. */
const closeGraceMs = 1_000;

/** GraphQL over WebSocket (`graphql-transport-ws`), through the same pipeline as HTTP. */
export class WebSocketServer {
  readonly #sockets = new SocketServer({ noServer: true, handleProtocols: chooseProtocol });
  readonly #pipeline: Pipeline;
  readonly #log: Log;

  constructor(pipeline: Pipeline, log: Log) {
    this.#pipeline = pipeline;
    this.#log = log;
    useServer<Record<string, unknown> | undefined, SocketExtra>(
      {
        execute: (args) => envelopedOf(args).execute(args),
        subscribe: (args) => envelopedOf(args).subscribe(args),
        onSubscribe: (context, id, payload) => this.#prepare(context, id, payload),
        onComplete: (context, id) => endOperation(context, id),
        onClose: (context) => {
          for (const id of context.extra.operations?.keys() ?? []) endOperation(context, id);
        },
        onError: (_context, _id, _payload, errors) => errors.map(withoutHttp),
      },
      this.#sockets,
    );
  }

  /** Takes over upgrades of the GraphQL path; every other one is refused. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      socket.on('error', () => socket.destroy());
      if (new URL(request.url ?? '/', 'http://gateway').pathname !== graphqlPath) {
        socket.end('HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n');
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (accepted) => {
        this.#sockets.emit('connection', accepted, request);
      });
    });
  }

  get size(): number {
    return this.#sockets.clients.size;
  }

  /** Closes every socket with a code that makes clients come back; one that doesn't answer is cut. */
  async close(): Promise<void> {
    const open = [...this.#sockets.clients];
    for (const socket of open) socket.close(goingAway, 'the gateway is going away');
    await Promise.race([Promise.all(open.map(whenClosed)), wait(closeGraceMs, undefined, { ref: false })]);
    for (const socket of open) socket.terminate();
    await new Promise<void>((resolve) => this.#sockets.close(() => resolve()));
  }

  /** Parses, validates and builds the context as HTTP does. What fails here must not cost the client its socket. */
  async #prepare(context: SocketContext, id: string, payload: SubscribePayload) {
    const operation = new AbortController();
    (context.extra.operations ??= new Map()).set(id, operation);
    const enveloped: Enveloped = this.#pipeline.getEnveloped({
      params: payload,
      socket: { authorization: authorizationOf(context), signal: operation.signal },
    });
    try {
      const document = enveloped.parse(payload.query);
      const errors = enveloped.validate(enveloped.schema, document);
      if (errors.length > 0) return [...errors];
      const contextValue = await enveloped.contextFactory();
      const { operationName, variables: variableValues } = payload;
      // The root value of this schema's operations is nobody's; it carries the functions of this operation.
      return { schema: enveloped.schema, document, operationName, variableValues, contextValue, rootValue: enveloped };
    } catch (error) {
      if (error instanceof GraphQLError) return [error];
      this.#log.error({ err: error }, 'operation on a socket could not be prepared');
      return [new GraphQLError('Unexpected error.', { extensions: { code: 'INTERNAL' } })];
    }
  }
}

const goingAway = 1001;

/** Without the subprotocol there is no dialogue: graphql-ws closes such a socket with 4406. */
function chooseProtocol(protocols: Set<string>): string | false {
  return protocols.has('graphql-transport-ws') ? 'graphql-transport-ws' : false;
}

function envelopedOf(args: ExecutionArgs): Enveloped {
  return args.rootValue as Enveloped;
}

/** Clients that can't set headers, as browsers, say it in `connection_init`. */
function authorizationOf({ connectionParams, extra }: SocketContext): string | null {
  const said = connectionParams?.['authorization'] ?? connectionParams?.['Authorization'];
  return typeof said === 'string' ? said : (extra.request.headers.authorization ?? null);
}

function endOperation({ extra }: SocketContext, id: string): void {
  extra.operations?.get(id)?.abort();
  extra.operations?.delete(id);
}

/** Yoga's HTTP statuses mean nothing on a socket. */
function withoutHttp(error: GraphQLError): GraphQLFormattedError {
  const extensions = Object.fromEntries(Object.entries(error.extensions).filter(([name]) => name !== 'http'));
  return restateError(error, { extensions }).toJSON();
}

function whenClosed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === socket.CLOSED) resolve();
    else socket.once('close', () => resolve());
  });
}
