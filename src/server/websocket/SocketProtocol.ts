import { GraphQLError, getOperationAST } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import { makeServer } from 'graphql-ws';
import type { Context, Server, SubscribePayload } from 'graphql-ws';
import { isAsyncIterable } from 'graphql-yoga';
import type { IncomingMessage } from 'node:http';

import type { OperationFacts } from '../../context.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
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

/** The functions of one operation with the hooks of all plugins, which envelop types as `any`. */
interface Enveloped {
  schema: GraphQLSchema;
  parse: (source: string) => DocumentNode;
  validate: (schema: GraphQLSchema, document: DocumentNode) => readonly GraphQLError[];
  contextFactory: () => Promise<OperationFacts> | OperationFacts;
  execute: (args: ExecutionArgs) => Promise<Result> | Result;
  subscribe: (args: ExecutionArgs) => Promise<Result> | Result;
}

/** An operation that is ready to be executed. */
interface Prepared {
  enveloped: Enveloped;
  operation: SocketOperation;
}

export interface SocketProtocolOptions {
  pipeline: Pipeline;
  documents: TrustedDocuments;
  turns: ParseQueue;
  /** Time in which a new socket must send `connection_init`, in ms. */
  initTimeoutMs: number;
  log: Log;
}

/** Operations by their contexts, which graphql-ws passes from `onSubscribe` to `execute` and `subscribe`. */
const preparedByContext = new WeakMap<object, Prepared>();

/** Serves `graphql-transport-ws` (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) with the pipeline. */
export function createSocketProtocol(options: SocketProtocolOptions): Server<SocketExtra> {
  const { log } = options;
  return makeServer<ConnectionParams, SocketExtra>({
    connectionInitWaitTimeout: options.initTimeoutMs,
    execute: (args) => run('execute', args, log),
    subscribe: (args) => run('subscribe', args, log),
    onConnect: (context) => context.extra.login.logIn(authorizationOf(context)),
    onClose: ({ extra }) => extra.login.close(),
    onSubscribe: ({ extra }, id, payload) => {
      const operation = begin(extra, id);
      return operation instanceof GraphQLError
        ? [operation]
        : operation.unlessCancelled(prepare(options, operation, payload));
    },
    onError: ({ extra }, id, _payload, errors) => {
      extra.operations.end(id);
      return errors.map((error) => errorWithoutHttp(error).toJSON());
    },
    onComplete: ({ extra }, id) => extra.operations.end(id),
  });
}

/** Returns a refusal instead of throwing it: graphql-ws would close the socket. */
function begin({ operations, login }: SocketExtra, id: string): SocketOperation | GraphQLError {
  try {
    return operations.begin(id, login.session);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** Parses, validates and builds the context, as for a request over HTTP. Never throws, which would close the socket. */
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
    // The message and the code that Yoga has for it over HTTP.
    const unresolved = 'Could not determine what operation to execute.';
    if (!getOperationAST(document, operationName))
      return [codedGraphQLError('OPERATION_RESOLUTION_FAILURE', unresolved)];
    const contextValue = await enveloped.contextFactory();
    operation.progress = contextValue.progress;
    preparedByContext.set(contextValue, { enveloped, operation });
    return { schema: enveloped.schema, document, operationName, variableValues, contextValue };
  } catch (error) {
    return [publicError(error, log)];
  }
}

/** Executes an operation. Never throws, which would close the socket. */
async function run(kind: 'execute' | 'subscribe', args: ExecutionArgs, log: Log) {
  try {
    const prepared = preparedByContext.get(args.contextValue as object);
    if (!prepared) throw new TypeError('the operation has not been prepared');
    const { operation, enveloped } = prepared;
    const result = await operation.unlessCancelled(enveloped[kind](args));
    return isAsyncIterable(result) ? untilCancelled(operation, result) : withoutHttp(result);
  } catch (error) {
    return { errors: [publicError(error, log)] };
  }
}

function untilCancelled(operation: SocketOperation, results: AsyncIterableIterator<ExecutionResult>) {
  return {
    next: async (): Promise<IteratorResult<ExecutionResult>> => {
      // Results are read no faster than the client receives them.
      const sent = operation.whenSent();
      await (operation.progress?.untilTaken(sent, operation.waitingBytes) ?? sent);
      const result = await operation.unlessCancelled(results.next());
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

/**
 * The credential in `connection_init`, for clients that can't set headers, such as browsers; otherwise the header. Its
 * name is case-insensitive, like that of a header.
 */
function authorizationOf({ connectionParams, extra }: SocketContext): string | null {
  const given = Object.entries(connectionParams ?? {}).flatMap(([name, value]) =>
    name.toLowerCase() === 'authorization' && value !== null ? [value] : [],
  );
  if (given.length === 0) return extra.request.headers.authorization ?? null;
  return given.length === 1 && typeof given[0] === 'string' ? given[0] : invalidCredential;
}

/** Stands for a value that is not a string, or for several values: they must not fall back to the header. */
const invalidCredential = 'no text';
