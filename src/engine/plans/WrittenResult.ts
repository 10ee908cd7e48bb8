import type { GraphQLError } from 'graphql';

/** The result of a query or mutation, with its data as JSON. */
export interface WrittenResult {
  /** JSON; undefined if the execution could not begin. */
  data: string | undefined;
  errors: readonly GraphQLError[];
}
