import type { ExecutionArgs, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';

/** Runs a check before every operation, which is not executed if the check returns errors. */
export function useOperationCheck(findErrors: (args: ExecutionArgs) => readonly GraphQLError[]): Plugin {
  const check = ({ args, setResultAndStopExecution }: Execution) => {
    const errors = findErrors(args);
    if (errors.length > 0) setResultAndStopExecution({ errors });
  };
  return { onExecute: check, onSubscribe: check };
}

interface Execution {
  args: ExecutionArgs;
  setResultAndStopExecution: (result: { errors: readonly GraphQLError[] }) => void;
}
