import {
  GraphQLError,
  SingleFieldSubscriptionsRule,
  TypeInfo,
  ValidationContext,
  getEnterLeaveForKind,
  specifiedRules,
  visit,
} from 'graphql';
import type { ASTNode, ASTVisitFn, ASTVisitor, DocumentNode, GraphQLSchema } from 'graphql';

import { unconditionalSubscriptions } from './unconditionalSubscriptions.ts';

/** Maximum number of errors per document. */
const maxErrors = 20;
/** Maximum number of errors per rule. A rule that reaches it does not check the rest of the document. */
const maxErrorsPerRule = 3;

/**
 * Validates a document and reports few errors, however many mistakes it has. Runs the rules of graphql-js, but not its
 * `validate`, which needs 0.1 ms of preparation per document and has no limit per rule.
 *
 * @param suggests whether errors may suggest names of the schema
 */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  suggests: boolean,
): readonly GraphQLError[] {
  const validation = new Validation(schema, document, suggests);
  try {
    visit(document, validation);
  } catch (error) {
    if (error !== tooManyErrors) throw error;
  }
  return validation.errors;
}

const rules = specifiedRules.map((rule) => (rule === SingleFieldSubscriptionsRule ? unconditionalSubscriptions : rule));

/** Stops a rule that has reported enough errors, possibly in the middle of a node with 10,000 errors. */
const enoughErrors = new Error('the rule has reported enough errors');
/** Thrown when the document has too many errors. */
const tooManyErrors = new Error('the document has too many errors');

/** The functions of a rule for a kind of node. */
interface Hook {
  rule: RuleState;
  enter: ASTVisitFn<ASTNode> | undefined;
  leave: ASTVisitFn<ASTNode> | undefined;
}

interface RuleState {
  visitor: ASTVisitor;
  errors: number;
  /** The node inside which the rule is not applied; `rest` if it is no longer applied to the document at all. */
  skipped: ASTNode | 'rest' | null;
}

/** A visitor that applies all rules in one walk. */
class Validation {
  readonly errors: GraphQLError[] = [];
  readonly #typeInfo: TypeInfo;
  readonly #rules: readonly RuleState[];
  /** The hooks by kind of node, for the kinds visited so far. */
  readonly #hooks = new Map<string, readonly Hook[]>();
  /** The rule that is running, for which reported errors are counted. */
  #current: RuleState | null = null;

  constructor(schema: GraphQLSchema, document: DocumentNode, suggests: boolean) {
    this.#typeInfo = new TypeInfo(schema);
    const report = (error: GraphQLError) => this.#report(error);
    const context = new ValidationContext(schema, document, this.#typeInfo, report, !suggests);
    this.#rules = rules.map((rule) => ({ visitor: rule(context), errors: 0, skipped: null }));
  }

  enter(...visited: Parameters<ASTVisitFn<ASTNode>>): false | undefined {
    const [node, key] = visited;
    // The specification requires that descriptions don't affect validation.
    if (key === 'description') return false;
    this.#typeInfo.enter(node);
    for (const { rule, enter } of this.#hooksOf(node.kind)) {
      if (enter && rule.skipped === null && this.#run(rule, enter, visited) === false) rule.skipped = node;
    }
    return undefined;
  }

  leave(...visited: Parameters<ASTVisitFn<ASTNode>>): void {
    const [node] = visited;
    for (const { rule, leave } of this.#hooksOf(node.kind)) {
      if (rule.skipped === node) rule.skipped = null;
      else if (leave && rule.skipped === null) this.#run(rule, leave, visited);
    }
    this.#typeInfo.leave(node);
  }

  #run(rule: RuleState, hook: ASTVisitFn<ASTNode>, visited: Parameters<ASTVisitFn<ASTNode>>): unknown {
    this.#current = rule;
    try {
      return hook.apply(rule.visitor, visited) as unknown;
    } catch (error) {
      if (error !== enoughErrors) throw error;
      rule.skipped = 'rest';
      return undefined;
    }
  }

  #report(error: GraphQLError): void {
    if (this.errors.length === maxErrors) {
      this.errors.push(new GraphQLError('Too many validation errors, error limit reached. Validation aborted.'));
      throw tooManyErrors;
    }
    this.errors.push(error);
    if (!this.#current) return;
    this.#current.errors += 1;
    if (this.#current.errors === maxErrorsPerRule) throw enoughErrors;
  }

  #hooksOf(kind: ASTNode['kind']): readonly Hook[] {
    const known = this.#hooks.get(kind);
    if (known) return known;
    const hooks: Hook[] = [];
    for (const rule of this.#rules) {
      const { enter, leave } = getEnterLeaveForKind(rule.visitor, kind);
      if (enter ?? leave) hooks.push({ rule, enter, leave });
    }
    this.#hooks.set(kind, hooks);
    return hooks;
  }
}
