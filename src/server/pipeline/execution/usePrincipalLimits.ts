import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { PrincipalLimits } from '../../limits/PrincipalLimits.ts';
import { sessionOf } from '../../live/TransportContext.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/** Limits the rate of a principal's operations, and how many of its queries and mutations run at once. */
export function usePrincipalLimits(limits: PrincipalLimits): Plugin<TransportContext> {
  return {
    onParse: ({ context }) => limits.countOperation(sessionOf(context).principal.name),
    onExecute: ({ args, setResultAndStopExecution }) => {
      try {
        return { onExecuteDone: limits.begin(sessionOf(args.contextValue).principal.name) };
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        setResultAndStopExecution({ errors: [error] });
        return undefined;
      }
    },
  };
}
