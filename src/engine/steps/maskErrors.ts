import type { ExecutionResult } from 'graphql';

import { Answer, isResults } from '../answers/Answer.ts';
import type { Results } from '../answers/Answer.ts';
import type { EngineParts } from '../operation/EngineParts.ts';
import { maskError } from '../errors/maskError.ts';
import type { Operation } from '../operation/Operation.ts';

export function maskErrors(operation: Operation, { log }: EngineParts): void {
  const { result, refusal, session } = operation;
  const mask = (error: unknown) => maskError(session.principal, error, log);
  if (isResults(result)) operation.answer = maskResults(result, mask);
  else if (result) operation.answer = new Answer(result.data, result.errors?.map(mask) ?? []);
  else if (refusal) operation.answer = refusal.answer ??= new Answer(null, refusal.problems.map(mask));
}

type Mask = (error: unknown) => ReturnType<typeof maskError>;

function maskResults(results: Results, mask: Mask): Results {
  return {
    next: async () => {
      try {
        const next = await results.next();
        return next.done ? next : { value: maskResult(next.value, mask) };
      } catch (error) {
        throw mask(error);
      }
    },
    return: async () => {
      await results.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

function maskResult(result: ExecutionResult, mask: Mask): ExecutionResult {
  return result.errors ? { ...result, errors: result.errors.map(mask) } : result;
}
