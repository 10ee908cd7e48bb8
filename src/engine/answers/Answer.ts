import type { ExecutionResult, GraphQLError } from 'graphql';

import { errorJson } from '../errors/copyError.ts';

/** The results of a subscription. In an answer, their errors are masked. */
export type Results = AsyncIterableIterator<ExecutionResult>;

export function isResults(outcome: unknown): outcome is Results {
  return typeof outcome === 'object' && outcome !== null && Symbol.asyncIterator in outcome;
}

/** The only result of an operation, as its client sees it. */
export class Answer {
  /** Their `extensions.http` determine the status and the headers over HTTP. */
  readonly errors: readonly GraphQLError[];
  /** The answer as JSON. */
  readonly text: string;

  /** @param data JSON; null if nothing was executed */
  constructor(data: string | null, errors: readonly GraphQLError[]) {
    this.errors = errors;
    this.text = writeAnswer(data, errors);
  }
}

function writeAnswer(data: string | null, errors: readonly GraphQLError[]): string {
  if (errors.length === 0) return `{"data":${data}}`;
  const shown = JSON.stringify(errors.map(errorJson));
  return data === null ? `{"errors":${shown}}` : `{"errors":${shown},"data":${data}}`;
}
