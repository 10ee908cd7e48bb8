import { BREAK, specifiedRules, validate } from 'graphql';
import type { ASTVisitor, DocumentNode, GraphQLError, GraphQLSchema, ValidationContext, ValidationRule } from 'graphql';

/** Of all rules together; whoever has made more mistakes reads no list of a hundred. */
const maxErrors = 20;
/** Of one rule, which says the same of each: the rest of the document is not judged by it. */
const maxErrorsOfRule = 3;

/** What is wrong with a document, in a few errors. @param suggests they may name what there is instead */
export function validateBriefly(
  schema: GraphQLSchema,
  document: DocumentNode,
  rules: readonly ValidationRule[] = specifiedRules,
  suggests: boolean,
): readonly GraphQLError[] {
  return validate(schema, document, rules.map(brief), { maxErrors, hideSuggestions: !suggests });
}

/** Thrown within a rule that has reported enough, which may be in the middle of a node with ten thousand mistakes. */
class Enough extends Error {}

function brief(rule: ValidationRule): ValidationRule {
  return (context) => {
    let left = maxErrorsOfRule;
    const reportError = (error: GraphQLError) => {
      context.reportError(error);
      left -= 1;
      if (left === 0) throw new Enough();
    };
    const own = Object.create(context, { reportError: { value: reportError } }) as ValidationContext;
    return untilEnough(rule(own));
  };
}

/** The visitor, which goes no further after `Enough`; the others that walk beside it do. */
function untilEnough(visitor: ASTVisitor): ASTVisitor {
  const guard = (value: unknown): unknown => {
    if (typeof value === 'function') {
      return (...args: unknown[]) => {
        try {
          return Reflect.apply(value, visitor, args) as unknown;
        } catch (error) {
          if (error instanceof Enough) return BREAK;
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
