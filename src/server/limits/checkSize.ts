import type { GraphQLError } from 'graphql';

import { overLimit } from '../../errors/limitErrors.ts';
import type { MeasuredDocument } from './measureDocument.ts';
import type { Limits } from '../../config/limits.ts';

/** Three hundred fields of one name, or a thousand of twelve names; validation takes some 50 ms for them. */
const maxRepeats = 100_000;

/** What is too large about a document; null when nothing is. */
export function checkSize(size: MeasuredDocument, limits: Limits): GraphQLError | null {
  const { maxFields, maxDepth, maxAliases, maxDirectives } = limits;
  if (size.fields > maxFields) {
    const message = `the document has ${size.fields} fields and fragments, at most ${maxFields}`;
    return overLimit({ code: 'FIELD_LIMIT_EXCEEDED', message, found: size.fields, limit: maxFields });
  }
  if (size.depth > maxDepth) {
    const message = `the document is ${size.depth} fields deep, at most ${maxDepth}`;
    return overLimit({ code: 'DEPTH_LIMIT_EXCEEDED', message, found: size.depth, limit: maxDepth });
  }
  if (size.aliases > maxAliases) {
    const message = `the document has ${size.aliases} aliases, at most ${maxAliases}`;
    return overLimit({ code: 'ALIAS_LIMIT_EXCEEDED', message, found: size.aliases, limit: maxAliases });
  }
  if (size.directives > maxDirectives) {
    const message = `the document has ${size.directives} directives, at most ${maxDirectives}`;
    return overLimit({ code: 'DIRECTIVE_LIMIT_EXCEEDED', message, found: size.directives, limit: maxDirectives });
  }
  if (size.repeats > maxRepeats) {
    const message = 'the document has fields of the same names, or spreads of fragments, again and again';
    return overLimit({ code: 'FIELD_LIMIT_EXCEEDED', message, limit: maxRepeats });
  }
  return null;
}
