import type { DocumentNode } from 'graphql';

/** True for what parsing came to when it came to something. */
export function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'definitions' in result;
}
