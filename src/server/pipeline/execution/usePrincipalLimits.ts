import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import type { PrincipalLimits } from '../../limits/PrincipalLimits.ts';
import { sessionOf } from '../../live/TransportContext.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

/** How often a principal may ask, whatever it asks, and how many queries and mutations it may have under way. */
export function usePrincipalLimits(limits: PrincipalLimits): Plugin<TransportContext> {
  return {
    onParse: ({ context }) => limits.ask(sessionOf(context).principal.name),
    onExecute: ({ args, setResultAndStopExecution }) => {
      try {
        const end = limits.begin(sessionOf(args.contextValue).principal.name);
        return { onExecuteDone: end };
      } catch (error) {
        if (!(error instanceof GraphQLError)) throw error;
        setResultAndStopExecution({ errors: [error] });
        return undefined;
      }
    },
  };
}
