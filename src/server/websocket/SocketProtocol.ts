import { GraphQLError, getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import { makeServer } from 'graphql-ws';
import type { Context, Server, SubscribePayload } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';
import type { IncomingMessage } from 'node:http';

import type { OperationFacts } from '../../context.ts';
import type { Log } from '../../log.ts';

import type { ParseQueue } from '../limits/ParseQueue.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { publicError } from '../errors/publicError.ts';
import type { SocketLogin } from './SocketLogin.ts';
import type { SocketOperation, SocketOperations } from './SocketOperations.ts';
import type { TrustedDocuments } from '../pipeline/request/TrustedDocuments.ts';
import { errorWithoutHttp, withoutHttp } from '../errors/copyError.ts';

/** What graphql-ws keeps for a socket. */
export interface SocketExtra {
  request: IncomingMessage;
  operations: SocketOperations;
  login: SocketLogin;
}

type ConnectionParams = Record<string, unknown> | undefined;
type SocketContext = Context<ConnectionParams, SocketExtra>;
type Result = ExecutionResult | AsyncIterableIterator<ExecutionResult>;

/** The functions of one operation with every hook around them; envelop types them as `any`. */
interface Enveloped {
  schema: GraphQLSchema;
  parse: (source: string) => DocumentNode;
  validate: (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[];
  contextFactory: () => Promise<OperationFacts> | OperationFacts;
  execute: (args: ExecutionArgs) => Promise<Result> | Result;
  subscribe: (args: ExecutionArgs) => Promise<Result> | Result;
}

interface Prepared {
  enveloped: Enveloped;
  operation: SocketOperation;
}

export interface SocketProtocolOptions {
  pipeline: Pipeline;
  documents: TrustedDocuments;
  turns: ParseQueue;
  /** How long a new socket may take to say `connection_init`, in ms. */
  initTimeoutMs: number;
  log: Log;
}

/** `graphql-transport-ws` as https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md has it, through the pipeline. */
export function createSocketProtocol(options: SocketProtocolOptions): Server<SocketExtra> {
  const { log } = options;
  return makeServer<ConnectionParams, SocketExtra>({
    connectionInitWaitTimeout: options.initTimeoutMs,
    execute: (args) => resultOf(args, log, ({ enveloped }) => enveloped.execute(args)),
    subscribe: (args) => resultOf(args, log, ({ enveloped }) => enveloped.subscribe(args)),
    onConnect: (context) => context.extra.login.enter(authorizationOf(context)),
    onClose: ({ extra }) => extra.login.leave(),
    onSubscribe: ({ extra }, id, payload) => {
      const operation = begin(extra, id);
      return operation instanceof GraphQLError
        ? [operation]
        : operation.unlessLeft(prepare(options, operation, payload));
    },
    onError: ({ extra }, id, _payload, errors) => {
      extra.operations.end(id);
      return errors.map((error) => errorWithoutHttp(error).toJSON());
    },
    onComplete: ({ extra }, id) => extra.operations.end(id),
  });
}

/** A refusal costs the client its operation, not its socket. */
function begin({ operations, login }: SocketExtra, id: string): SocketOperation | GraphQLError {
  try {
    return operations.begin(id, login.session);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** Parses, validates and builds the context as HTTP does. What fails here must not cost the client its socket. */
async function prepare(
  { pipeline, documents, turns, log }: SocketProtocolOptions,
  operation: SocketOperation,
  payload: SubscribePayload,
) {
  try {
    const query = documents.textOf(payload) ?? '';
    await turns.waitTurn(query.length);
    const enveloped: Enveloped = pipeline.getEnveloped({ params: { ...payload, query }, socket: operation });
    const document = enveloped.parse(query);
    const errors = enveloped.validate(enveloped.schema, document);
    if (errors.length > 0) return [...errors];
    const { operationName, variables: variableValues } = payload;
    if (!getOperationAST(document, operationName)) return [unresolvedOperation()];
    const contextValue = await enveloped.contextFactory();
    operation.progress = contextValue.progress;
    // The root value of this schema's operations is nobody's; it carries what belongs to this operation.
    const rootValue: Prepared = { enveloped, operation };
    return { schema: enveloped.schema, document, operationName, variableValues, contextValue, rootValue };
  } catch (error) {
    return [publicError(error, log)];
  }
}

/** What the hooks around it throw is this operation's failure, not the socket's. */
async function resultOf(args: ExecutionArgs, log: Log, run: (prepared: Prepared) => Promise<Result> | Result) {
  const prepared = args.rootValue as Prepared;
  const { operation } = prepared;
  try {
    const result = await operation.unlessLeft(run(prepared));
    return isAsyncIterable(result) ? untilLeft(operation, result) : withoutHttp(result);
  } catch (error) {
    return { errors: [publicError(error, log)] };
  }
}

function untilLeft(operation: SocketOperation, results: AsyncIterableIterator<ExecutionResult>) {
  return {
    next: async (): Promise<IteratorResult<ExecutionResult>> => {
      // Results are read no faster than the client takes them.
      const taken = operation.taken();
      await (operation.progress?.untilTaken(taken, operation.waitingBytes) ?? taken);
      const result = await operation.unlessLeft(results.next());
      return result.done ? result : { value: withoutHttp(result.value) };
    },
    return: async (): Promise<IteratorReturnResult<undefined>> => {
      await results.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Clients that can't set headers, as browsers, say it in `connection_init`; its name is a header's, in any case. */
function authorizationOf({ connectionParams, extra }: SocketContext): string | null {
  const said = Object.entries(connectionParams ?? {}).flatMap(([name, value]) =>
    name.toLowerCase() === 'authorization' && value !== null ? [value] : [],
  );
  if (said.length === 0) return extra.request.headers.authorization ?? null;
  return said.length === 1 && typeof said[0] === 'string' ? said[0] : noCredential;
}

/** For what is no text, or several: refused as such, where the lack of it would have the header asked. */
const noCredential = 'no text';

/** In the words and with the code that HTTP has for it. */
function unresolvedOperation(): GraphQLError {
  return new GraphQLError('Could not determine what operation to execute.', {
    extensions: { code: 'OPERATION_RESOLUTION_FAILURE' },
  });
}
