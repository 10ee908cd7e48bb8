import type { DocumentNode, ExecutionResult } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import type { OperationContext } from '../../context.ts';

import { ObservedOperation } from './ObservedOperation.ts';
import type { OperationBegin, OperationObserver } from './OperationObserver.ts';
import { causeOf, codeOf } from '../errors/publicError.ts';
import { requestIdOf } from './requestId.ts';
import type { TransportContext } from '../live/TransportContext.ts';
import { traceContextOf } from './traceContextOf.ts';

/**
 * Tells the observers of every operation that is read, and how it ended, on every transport. It comes first, so that it
 * hears of what the others refuse. A subscription is told of when it stands: what ends one later is no failure of asking.
 */
export function useOperationObservers(observers: readonly OperationObserver[]): Plugin<TransportContext> {
  const underWay = new WeakMap<object, ObservedOperation>();
  const of = (context: unknown) => underWay.get(context as object);
  return {
    onPluginInit: ({ registerContextErrorHandler }) => {
      registerContextErrorHandler(({ context, error }) => of(context)?.end(codeOf(error)));
    },
    onEnveloped: ({ context }) => {
      if (!context?.params) return;
      underWay.set(context, new ObservedOperation(observers, beginOf(context)));
    },
    onValidate: ({ context, params }) => {
      return ({ valid, result }) => {
        const operation = of(context);
        if (valid) operation?.read(params.documentAST as DocumentNode, context.params.operationName);
        else operation?.end(codeOf(result[0], 'GRAPHQL_VALIDATION_FAILED'));
      };
    },
    onExecute: ({ args }) => {
      const operation = of(args.contextValue);
      return {
        onExecuteDone: ({ result }) => {
          if (!isAsyncIterable(result)) endWith(operation, result, args.contextValue);
        },
      };
    },
    onSubscribe: ({ args }) => {
      const operation = of(args.contextValue);
      return {
        onSubscribeResult: ({ result }) => {
          if (isAsyncIterable(result)) operation?.end('OK');
          else endWith(operation, result, args.contextValue);
        },
      };
    },
    instrumentation: {
      parse: ({ context }, parse) => read(of(context), parse),
      validate: ({ context }, validate) => read(of(context), validate),
      execute: ({ context }, execute) => run(of(context), execute),
      subscribe: ({ context }, subscribe) => run(of(context), subscribe),
    },
  };
}

function beginOf(context: TransportContext): OperationBegin {
  const session = context.socket?.session ?? context.session;
  return { requestId: requestIdOf(context), principal: session?.principal.name ?? null, ...traceContextOf(context) };
}

/** A document that can't be read ends the operation. */
function read(operation: ObservedOperation | undefined, work: () => void): void {
  try {
    work();
  } catch (error) {
    operation?.end(codeOf(error));
    throw error;
  }
}

/** What is thrown past the results, as a hook does that refuses, ends the operation too. */
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
  const upstreamRequestId = causes.map(requestIdIn).find((id) => id !== null) ?? null;
  operation?.end(error ? codeOf(error) : (refusals[0]?.name ?? 'OK'), upstreamRequestId);
}

/** Faults and refusals have the API's. */
function requestIdIn(cause: unknown): string | null {
  const { requestId } = cause as { requestId?: unknown };
  return typeof requestId === 'string' ? requestId : null;
}
