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

/** Most errors of a document. */
const maxErrors = 20;
/** Most errors of one rule. Then it stops, and the rest of the document is not checked by it. */
const maxErrorsPerRule = 3;

/**
 * Validates a document and reports few errors, however many mistakes it has. The rules are those of graphql-js, but what
 * runs them is not: its `validate` takes 0.1 ms to prepare for a document, and has no limit per rule.
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

/** Thrown inside a rule that has reported enough errors, perhaps in the middle of a node that has 10,000. */
const enoughErrors = new Error('the rule has reported enough errors');
/** Thrown when the document has too many errors. */
const tooManyErrors = new Error('the document has too many errors');

/** What a rule does at a kind of node. */
interface Hook {
  rule: RuleState;
  enter: ASTVisitFn<ASTNode> | undefined;
  leave: ASTVisitFn<ASTNode> | undefined;
}

interface RuleState {
  visitor: ASTVisitor;
  errors: number;
  /** The node within which the rule is not applied; `rest` for the rest of the document. */
  skipped: ASTNode | 'rest' | null;
}

/** A visitor that applies all rules in one walk. */
class Validation {
  readonly errors: GraphQLError[] = [];
  readonly #typeInfo: TypeInfo;
  readonly #rules: readonly RuleState[];
  /** By the kinds of nodes that were met. */
  readonly #hooks = new Map<string, readonly Hook[]>();
  /** The rule that is running. Its errors are counted. */
  #current: RuleState | null = null;

  constructor(schema: GraphQLSchema, document: DocumentNode, suggests: boolean) {
    this.#typeInfo = new TypeInfo(schema);
    const report = (error: GraphQLError) => this.#report(error);
    const context = new ValidationContext(schema, document, this.#typeInfo, report, !suggests);
    this.#rules = rules.map((rule) => ({ visitor: rule(context), errors: 0, skipped: null }));
  }

  enter(...visited: Parameters<ASTVisitFn<ASTNode>>): false | undefined {
    const [node, key] = visited;
    // As the specification demands, descriptions don't affect validation.
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
