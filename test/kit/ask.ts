import type { FormattedExecutionResult } from 'graphql';

/** Sends one operation by POST and returns the parsed result. */
export async function ask<Data = Record<string, unknown>>(
  url: string,
  query: string,
  variables?: Record<string, unknown>,
): Promise<FormattedExecutionResult<Data>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  });
  return (await answer.json()) as FormattedExecutionResult<Data>;
}
