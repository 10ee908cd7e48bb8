import type { GraphQLError } from 'graphql';
import type { ExecutionResult } from 'graphql';
import { handleStreamOrSingleExecutionResult } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import { seesAllAccounts } from '../../../auth/authorize.ts';
import type { Principal } from '../../../auth/principal.ts';
import type { OperationFacts } from '../../../context.ts';
import type { Log } from '../../../log.ts';

import { redactError } from '../../errors/redactError.ts';

/** Keeps the API's words from those who may not read them. It comes before masking, where it is known whose words they are. */
export function useErrorRedaction(log: Log): Plugin<OperationFacts> {
  return {
    onExecute: ({ args }) => {
      const { principal } = (args.contextValue as OperationFacts).session;
      if (seesAllAccounts(principal)) return undefined;
      return {
        onExecuteDone: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) =>
            setResult(withShownWords(principal, result, log)),
          ),
      };
    },
    onSubscribe: ({ args }) => {
      const { principal } = (args.contextValue as OperationFacts).session;
      if (seesAllAccounts(principal)) return undefined;
      return {
        onSubscribeResult: (payload) =>
          handleStreamOrSingleExecutionResult(payload, ({ result, setResult }) =>
            setResult(withShownWords(principal, result, log)),
          ),
        onSubscribeError: ({ error, setError }) => setError(redactError(principal, error, log)),
      };
    },
  };
}

function withShownWords(principal: Principal, result: ExecutionResult, log: Log): ExecutionResult {
  const { errors } = result;
  return errors
    ? { ...result, errors: errors.map((error) => redactError(principal, error, log) as GraphQLError) }
    : result;
}
