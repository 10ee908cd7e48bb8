import { BREAK, SingleFieldSubscriptionsRule, specifiedRules, validate } from 'graphql';
import type { ASTVisitor, DocumentNode, GraphQLError, GraphQLSchema, ValidationContext, ValidationRule } from 'graphql';

import { unconditionalSubscriptions } from './unconditionalSubscriptions.ts';

/** Most errors of a document. */
const maxErrors = 20;
/** Most errors of one rule. Then it stops, and the rest of the document is not checked by it. */
const maxErrorsPerRule = 3;

/**
 * Validates a document and reports few errors, however many mistakes it has.
 *
 * @param suggests whether errors may suggest names of the schema
 */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  suggests: boolean,
): readonly GraphQLError[] {
  return validate(schema, document, rules, { maxErrors, hideSuggestions: !suggests });
}

const rules = specifiedRules.map((rule) =>
  limitErrors(rule === SingleFieldSubscriptionsRule ? unconditionalSubscriptions : rule),
);

/** Thrown inside a rule that has reported enough errors, perhaps in the middle of a node that has 10,000. */
class EnoughErrors extends Error {}

function limitErrors(rule: ValidationRule): ValidationRule {
  return (context) => {
    let left = maxErrorsPerRule;
    const reportError = (error: GraphQLError) => {
      context.reportError(error);
      left -= 1;
      if (left === 0) throw new EnoughErrors();
    };
    const own = Object.create(context, { reportError: { value: reportError } }) as ValidationContext;
    return stopAfterEnough(rule(own));
  };
}

/** Ends this visitor after `EnoughErrors`. Visitors of other rules continue. */
function stopAfterEnough(visitor: ASTVisitor): ASTVisitor {
  const guard = (value: unknown): unknown => {
    if (typeof value === 'function') {
      return (...args: unknown[]) => {
        try {
          return Reflect.apply(value, visitor, args) as unknown;
        } catch (error) {
          if (error instanceof EnoughErrors) return BREAK;
          throw error;
        }
      };
    }
    return typeof value === 'object' && value !== null ? guardAll(value) : value;
  };
  const guardAll = (hooks: object) =>
    Object.fromEntries(Object.entries(hooks).map(([name, hook]: [string, unknown]) => [name, guard(hook)]));
  return guardAll(visitor);
}
