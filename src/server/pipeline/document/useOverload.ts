import { OperationTypeNode, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { overloaded } from '../../../errors/limitErrors.ts';

import { isDocument } from '../../limits/measureDocument.ts';
import type { RunningOperations } from '../../limits/RunningOperations.ts';
import { runningKeyOf } from '../../live/TransportContext.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/** Refuses an operation when too many are running. Its type must be known, since queries are refused earlier. */
export function useOverload(running: RunningOperations): Plugin<TransportContext> {
  return {
    onParse:
      ({ context }) =>
      ({ result }) => {
        const key = runningKeyOf(context);
        if (running.hasRoomFor('query', key) || !isDocument(result)) return;
        const operation = getOperationAST(result, context.params.operationName);
        const isQuery = !operation || operation.operation === OperationTypeNode.QUERY;
        if (!isQuery && running.hasRoomFor('any', key)) return;
        running.countShed();
        throw overloaded();
      },
  };
}
