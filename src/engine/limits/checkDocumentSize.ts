import type { GraphQLError } from 'graphql';

import type { Limits } from '../../config/limits.ts';
import { limitExceeded } from '../../errors/limitErrors.ts';

import type { MeasuredDocument } from './measureDocument.ts';

/** Reached by about 300 fields of one name, or 1,000 fields of twelve names, which take about 50 ms to validate. */
const maxComparisons = 100_000;

/** Returns the first limit that a document exceeds as an error; null when it exceeds none. */
export function checkDocumentSize(size: MeasuredDocument, limits: Limits): GraphQLError | null {
  const { fields, depth, aliases, directives } = size;
  const checks = [
    ['FIELD', fields, limits.maxFields, `has ${fields} fields and fragments`],
    ['DEPTH', depth, limits.maxDepth, `is ${depth} fields deep`],
    ['ALIAS', aliases, limits.maxAliases, `has ${aliases} aliases`],
    ['DIRECTIVE', directives, limits.maxDirectives, `has ${directives} directives`],
  ] as const;
  for (const [counted, found, limit, finding] of checks) {
    const message = `the document ${finding}, at most ${limit} are allowed`;
    if (found > limit) return limitExceeded({ code: `${counted}_LIMIT_EXCEEDED`, message, found, limit });
  }
  if (size.comparisons <= maxComparisons) return null;
  const message = 'the document repeats fields of the same names, or spreads of fragments, too often';
  return limitExceeded({ code: 'FIELD_LIMIT_EXCEEDED', message, limit: maxComparisons });
}
