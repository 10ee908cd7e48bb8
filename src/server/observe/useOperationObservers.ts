import type { DocumentNode, ExecutionResult } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import type { OperationContext } from '../../context.ts';

import { ObservedOperation } from './ObservedOperation.ts';
import type { OperationBegin, OperationObserver } from './OperationObserver.ts';
import { causeOf, codeOf } from '../errors/publicError.ts';
import { requestIdOf } from './requestId.ts';
import type { TransportContext } from '../live/TransportContext.ts';

/**
 * Notifies the observers of every operation and of its outcome, on every transport. Must be the first plugin, so that
 * operations that later plugins refuse are observed too. A subscription counts as ended when it is established: an error
 * later on is not an error of the request.
 */
export function useOperationObservers(observers: readonly OperationObserver[]): Plugin<TransportContext> {
  const operations = new WeakMap<object, ObservedOperation>();
  const of = (context: unknown) => operations.get(context as object);
  return {
    onPluginInit: ({ registerContextErrorHandler }) => {
      registerContextErrorHandler(({ context, error }) => of(context)?.end(codeOf(error)));
    },
    onEnveloped: ({ context }) => {
      if (context?.params) operations.set(context, new ObservedOperation(observers, beginOf(context)));
    },
    onValidate: ({ context, params }) => {
      return ({ valid, result }) => {
        const operation = of(context);
        if (valid) operation?.setDocument(params.documentAST as DocumentNode, context.params.operationName);
        else operation?.end(codeOf(result[0], 'GRAPHQL_VALIDATION_FAILED'));
      };
    },
    onExecute: ({ args }) => ({
      onExecuteDone: ({ result }) => {
        if (!isAsyncIterable(result)) endWith(of(args.contextValue), result, args.contextValue);
      },
    }),
    onSubscribe: ({ args }) => ({
      onSubscribeResult: ({ result }) => {
        const operation = of(args.contextValue);
        if (isAsyncIterable(result)) operation?.end('OK');
        else endWith(operation, result, args.contextValue);
      },
    }),
    instrumentation: {
      parse: ({ context }, parse) => endIfThrown(of(context), parse),
      validate: ({ context }, validate) => endIfThrown(of(context), validate),
      execute: ({ context }, execute) => run(of(context), execute),
      subscribe: ({ context }, subscribe) => run(of(context), subscribe),
    },
  };
}

function beginOf(context: TransportContext): OperationBegin {
  const { socket, session, req, params } = context;
  const principal = (socket?.session ?? session)?.principal.name ?? null;
  // A message on a socket has no headers, so its trace context is in the `extensions` of the operation.
  const extensions: Record<string, unknown> = params?.extensions ?? {};
  const read = (name: string) => [req?.headers[name], extensions[name]].find((value) => typeof value === 'string');
  const traceContext = { traceparent: read('traceparent'), tracestate: read('tracestate') };
  return { requestId: requestIdOf(context), principal, ...traceContext };
}

/** Parsing and validation throw if the document can't be read. */
function endIfThrown(operation: ObservedOperation | undefined, work: () => void): void {
  try {
    work();
  } catch (error) {
    operation?.end(codeOf(error));
    throw error;
  }
}

/** A plugin may refuse an operation by throwing instead of setting a result. */
async function run(operation: ObservedOperation | undefined, execute: () => Promise<void> | void): Promise<void> {
  try {
    await (operation ? operation.run(execute) : execute());
  } catch (error) {
    operation?.end(codeOf(error));
    throw error;
  }
}

function endWith(operation: ObservedOperation | undefined, { errors = [] }: ExecutionResult, context: unknown): void {
  const [error] = errors;
  const { refusals = [] } = context as Partial<OperationContext>;
  const causes = [...errors.map(causeOf), ...refusals];
  const upstreamRequestId = causes.map(upstreamRequestIdOf).find((id) => id !== null) ?? null;
  operation?.end(error ? codeOf(error) : (refusals[0]?.name ?? 'OK'), upstreamRequestId);
}

/** Faults and refusals carry the `X-Request-ID` of the API's response. */
function upstreamRequestIdOf(cause: unknown): string | null {
  const { requestId } = cause as { requestId?: unknown };
  return typeof requestId === 'string' ? requestId : null;
}
