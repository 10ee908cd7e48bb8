import type { ExecutionArgs, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { overLimit } from '../../../errors/limitErrors.ts';
import { operationCost } from '../../limits/operationCost.ts';

/** Refuses an operation that may cost too much with the variables that it brings, before anything of it is done. */
export function useCostLimit(maxCost: number): Plugin {
  const refusalOf = (args: ExecutionArgs): GraphQLError | null => {
    const cost = operationCost(args);
    if (cost <= maxCost) return null;
    const message = `the operation costs up to ${cost}, at most ${maxCost}: ask for shorter lists or fewer fields`;
    return overLimit({ code: 'COST_LIMIT_EXCEEDED', message, found: cost, limit: maxCost });
  };
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const refusal = refusalOf(args);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const refusal = refusalOf(args);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}
