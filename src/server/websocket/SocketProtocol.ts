import { GraphQLError } from 'graphql';
import type { ExecutionArgs, ExecutionResult } from 'graphql';
import { makeServer, MessageType, stringifyMessage } from 'graphql-ws';
import type { Context, Server, SubscribePayload } from 'graphql-ws';
import type { IncomingMessage } from 'node:http';

import { Answer, isResults } from '../../engine/answers/Answer.ts';
import type { Results } from '../../engine/answers/Answer.ts';
import { errorJson, withoutHttp } from '../../engine/errors/copyError.ts';
import { publicError } from '../../engine/errors/publicError.ts';
import { LiveMessage } from '../../engine/live/LiveMessage.ts';
import { Operation } from '../../engine/operation/Operation.ts';

import type { DoorParts } from '../requests/DoorParts.ts';
import type { SocketLogin } from './SocketLogin.ts';
import { SocketOperation } from './SocketOperations.ts';
import type { SocketOperations } from './SocketOperations.ts';
import type { SocketWriter } from './SocketWriter.ts';

/** What graphql-ws keeps for a socket. */
export interface SocketExtra {
  request: IncomingMessage;
  operations: SocketOperations;
  login: SocketLogin;
  writer: SocketWriter;
}

type ConnectionParams = Record<string, unknown> | undefined;
type SocketContext = Context<ConnectionParams, SocketExtra>;
/** The types of graphql-ws lack the `documentId` of a persisted document. */
type Payload = Omit<Partial<SubscribePayload>, 'query'> & { query?: string | undefined; documentId?: unknown };

/**
 * Serves `graphql-transport-ws` (https://github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md) with the engine.
 * graphql-ws reads the messages, and sends errors and the results of subscriptions. The results of queries and
 * mutations are sent here: these may wait for minutes, and graphql-ws would keep the message and a suspended function
 * for each.
 */
export function createSocketProtocol(options: DoorParts): Server<SocketExtra> {
  return makeServer<ConnectionParams, SocketExtra>({
    connectionInitWaitTimeout: options.limits.initTimeoutMs,
    subscribe: (args) => subscribe(args, options),
    onConnect: (context) => context.extra.login.logIn(authorizationOf(context)),
    onClose: ({ extra }) => extra.login.close(),
    onSubscribe: (context, id, payload) => {
      const operation = begin(context.extra, id);
      if (operation instanceof GraphQLError) return [operation];
      return new Promise((proceed) => void start(options, { context, operation, payload, proceed }));
    },
    onError: ({ extra }, id, _payload, errors) => {
      extra.operations.end(id);
      return errors.map(errorJson);
    },
    onComplete: ({ extra }, id) => extra.operations.end(id),
  });
}

/** Returns a refusal instead of throwing it, because graphql-ws would close the socket. */
function begin({ operations, login }: SocketExtra, id: string): SocketOperation | GraphQLError {
  try {
    return operations.begin(id, login.session);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

interface Start {
  context: SocketContext;
  operation: SocketOperation;
  payload: Payload;
  /** Continues in graphql-ws. If this is never called, graphql-ws keeps only the id of the operation. */
  proceed: (next: ExecutionArgs | readonly GraphQLError[]) => void;
}

/** Never rejects, which would close the socket. */
async function start(options: DoorParts, { context, operation, payload, proceed }: Start): Promise<void> {
  const prepared = await prepare(options, operation, payload);
  // The id may already belong to another operation.
  if (operation.isGone) return;
  if (Array.isArray(prepared)) proceed(prepared);
  else if (prepared.plan.kind === 'subscription') proceed(prepared.plan.argumentsWith({}, prepared));
  else answer(options, context, operation, prepared);
}

/** Never rejects. @returns the prepared operation, or its errors if it is refused */
async function prepare(
  { engine, parseQueue, log }: DoorParts,
  operation: SocketOperation,
  payload: Payload,
): Promise<Operation | GraphQLError[]> {
  try {
    await parseQueue.waitTurn(payload.query?.length ?? 0);
    const { query, documentId, operationName, variables, extensions } = payload;
    const { session, requestId } = operation;
    const parameters = { query, documentId, operationName, variables, extensions };
    const prepared = engine.prepare({
      parameters,
      session,
      requestId,
      traceparent: undefined,
      tracestate: undefined,
      lastEventId: null,
      client: operation,
    });
    if (prepared.answer instanceof Answer) return [...prepared.answer.errors];
    if (prepared.plan.kind !== 'subscription') {
      // The operation may run for minutes, so its text is released.
      parameters.query = undefined;
      prepared.text = '';
    }
    return prepared;
  } catch (error) {
    return [publicError(error, log)];
  }
}

/** Executes a query or a mutation, and sends its result and its completion. Never throws. */
function answer(
  { engine, log }: DoorParts,
  context: SocketContext,
  operation: SocketOperation,
  prepared: Operation,
): void {
  const send = (outcome: Answer | Results) => {
    if (operation.isGone) return;
    if (isResults(outcome)) throw new TypeError('a query or a mutation has one result');
    const { id } = operation;
    operation.deliver(new LiveMessage(outcome.text));
    context.extra.operations.end(id);
    context.extra.writer.send(stringifyMessage({ id, type: MessageType.Complete }));
    // The client may now reuse the id.
    Reflect.deleteProperty(context.subscriptions, id);
  };
  const fail = (error: unknown) => send(new Answer(null, [publicError(error, log)]));
  try {
    const pending = engine.perform(prepared);
    if (pending instanceof Promise) pending.then(send).catch(fail);
    else send(pending);
  } catch (error) {
    fail(error);
  }
}

/** Opens a subscription; its context is the prepared operation. Never rejects, which would close the socket. */
async function subscribe({ contextValue: prepared }: ExecutionArgs, { engine, log }: DoorParts) {
  if (!(prepared instanceof Operation && prepared.request.client instanceof SocketOperation)) {
    throw new TypeError('the operation has not been prepared');
  }
  const operation = prepared.request.client;
  try {
    const outcome = await operation.unlessCancelled(Promise.resolve(engine.perform(prepared)));
    return isResults(outcome) ? untilCancelled(operation, outcome) : withoutHttp({ errors: outcome.errors });
  } catch (error) {
    return { errors: [publicError(error, log)] };
  }
}

function untilCancelled(operation: SocketOperation, results: Results) {
  return {
    next: async (): Promise<IteratorResult<ExecutionResult>> => {
      // Results are read no faster than the client receives them.
      const sent = operation.whenSent;
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
 * Returns the credential in `connection_init`, which clients send that can't set headers, such as browsers; otherwise
 * the header. The name in `connection_init` is case-insensitive, like that of a header.
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
