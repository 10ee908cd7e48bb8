import type { ExecutionResult, GraphQLError } from 'graphql';
import { handleStreamOrSingleExecutionResult } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import { seesAllAccounts } from '../../../auth/authorize.ts';
import type { Principal } from '../../../auth/principal.ts';
import type { OperationFacts } from '../../../context.ts';
import type { Log } from '../../../log.ts';

import { redactError } from '../../errors/redactError.ts';

type Results = Parameters<typeof handleStreamOrSingleExecutionResult>[0];

/** Removes quotations of the API from errors of principals that may not read them, while it is known which errors quote. */
export function useErrorRedaction(log: Log): Plugin<OperationFacts> {
  const redactResults = (principal: Principal, payload: Results) =>
    handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) =>
      setResult(redactResult(principal, result, log)),
    );
  return {
    onExecute: ({ args }) => {
      const { principal } = (args.contextValue as OperationFacts).session;
      if (seesAllAccounts(principal)) return undefined;
      return { onExecuteDone: (payload) => redactResults(principal, payload) };
    },
    onSubscribe: ({ args }) => {
      const { principal } = (args.contextValue as OperationFacts).session;
      if (seesAllAccounts(principal)) return undefined;
      return {
        onSubscribeResult: (payload) => redactResults(principal, payload),
        onSubscribeError: ({ error, setError }) => setError(redactError(principal, error, log)),
      };
    },
  };
}

function redactResult(principal: Principal, result: ExecutionResult, log: Log): ExecutionResult {
  const { errors } = result;
  return errors
    ? { ...result, errors: errors.map((error) => redactError(principal, error, log) as GraphQLError) }
    : result;
}
