import { OperationTypeNode, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { isDocument } from '../../limits/isDocument.ts';
import { overloaded } from '../../../errors/limitErrors.ts';
import type { RunningOperations } from '../../limits/RunningOperations.ts';
import { runningKeyOf } from '../../live/TransportContext.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/** Refuses what is one too many as soon as it is known what it is, on every transport. */
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
        running.noteShed();
        throw overloaded();
      },
  };
}
