import type { ExecutionArgs } from 'graphql';
import type { Plugin } from 'graphql-yoga';

import { variableProblems } from '../../limits/variableProblems.ts';

/**
 * Refuses variables that don't hold, before anybody else coerces them: graphql quotes all of a value for everything that
 * is wrong with it.
 *
 * @param suggests the errors may name what there is instead
 */
export function useVariables({ suggests }: { suggests: boolean }): Plugin {
  const refusalOf = (args: ExecutionArgs) => {
    const errors = variableProblems(args, suggests);
    return errors.length > 0 ? { errors } : null;
  };
  return {
    onExecute: ({ args, setResultAndStopExecution }) => {
      const refusal = refusalOf(args);
      if (refusal) setResultAndStopExecution(refusal);
    },
    onSubscribe: ({ args, setResultAndStopExecution }) => {
      const refusal = refusalOf(args);
      if (refusal) setResultAndStopExecution(refusal);
    },
  };
}
