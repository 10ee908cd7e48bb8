import { Kind } from 'graphql';
import type { DirectiveNode, DocumentNode, SelectionSetNode } from 'graphql';

import { countComparisons } from './countComparisons.ts';

/** The size of a document or of a part of it. Fragments count once for each spread. */
export interface DocumentSize {
  depth: number;
  /** Fields and fragments. */
  fields: number;
  aliases: number;
  directives: number;
  /** Whether it selects `__schema`, `__type` or a subgraph's `_service`. */
  introspects: boolean;
}

export interface MeasuredDocument extends DocumentSize {
  /** See `countComparisons`; zero if there are too many fields. */
  comparisons: number;
}

/** One definition without the fragments that it spreads. */
interface Part extends DocumentSize {
  spreads: { name: string; depth: number }[];
}

/** Fields that show the schema. */
const introspection = new Set(['__schema', '__type', '_service']);

const measured = new WeakMap<DocumentNode, MeasuredDocument>();

/** True for the result of parsing unless parsing has failed. */
export function isDocument(result: unknown): result is DocumentNode {
  return typeof result === 'object' && result !== null && 'definitions' in result;
}

/**
 * Measures a parsed document before it is validated, because some rules of validation compare every field with every
 * other. Each definition is walked once, however often it is spread. Cyclic fragments are left to validation, which
 * reports them.
 *
 * @param maxFields above this number, the fields of fragments are not necessarily counted for each spread
 */
export function measureDocument(document: DocumentNode, maxFields: number): MeasuredDocument {
  const size = measured.get(document) ?? measure(document, maxFields);
  measured.set(document, size);
  return size;
}

function measure(document: DocumentNode, maxFields: number): MeasuredDocument {
  const fragments = new Map<string, Part>();
  const operations: Part[] = [];
  const written = emptyPart();
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION && definition.kind !== Kind.FRAGMENT_DEFINITION) continue;
    const part = emptyPart();
    countDirectives(definition.directives, part);
    measureSelections(definition.selectionSet, 1, part);
    if (definition.kind === Kind.OPERATION_DEFINITION) {
      for (const variable of definition.variableDefinitions ?? []) countDirectives(variable.directives, part);
      operations.push(part);
    } else {
      fragments.set(definition.name.value, part);
    }
    add(written, part);
  }
  if (written.fields > maxFields) return { ...written, comparisons: 0 };
  const sizes = new Map<string, DocumentSize>();
  const expanded = emptyPart();
  for (const operation of operations) add(expanded, expand(operation, fragments, sizes));
  // Validation also visits fragments that no operation spreads.
  for (const [name, part] of fragments) if (!sizes.has(name)) add(expanded, expand(part, fragments, sizes));
  const size = largest(written, expanded);
  return { ...size, comparisons: size.fields > maxFields ? 0 : countComparisons(document, maxFields) };
}

function measureSelections({ selections }: SelectionSetNode, depth: number, part: Part): void {
  for (const selection of selections) {
    part.fields += 1;
    countDirectives(selection.directives, part);
    if (selection.kind === Kind.FRAGMENT_SPREAD) {
      part.spreads.push({ name: selection.name.value, depth });
    } else if (selection.kind === Kind.INLINE_FRAGMENT) {
      measureSelections(selection.selectionSet, depth, part);
    } else {
      if (selection.alias) part.aliases += 1;
      if (introspection.has(selection.name.value)) part.introspects = true;
      part.depth = Math.max(part.depth, depth);
      if (selection.selectionSet) measureSelections(selection.selectionSet, depth + 1, part);
    }
  }
}

/** @param sizes the fragments that were expanded so far; empty for one that is being expanded, so a cycle adds nothing */
function expand(part: Part, fragments: ReadonlyMap<string, Part>, sizes: Map<string, DocumentSize>): DocumentSize {
  const { spreads, ...size } = part;
  for (const { name, depth } of spreads) {
    const fragment = fragments.get(name);
    if (!fragment) continue;
    let spread = sizes.get(name);
    if (!spread) {
      sizes.set(name, emptyPart());
      spread = expand(fragment, fragments, sizes);
      sizes.set(name, spread);
    }
    add(size, { ...spread, depth: depth - 1 + spread.depth });
  }
  return size;
}

function countDirectives(directives: readonly DirectiveNode[] | undefined, part: Part): void {
  part.directives += directives?.length ?? 0;
}

function add(sum: DocumentSize, size: DocumentSize): void {
  sum.depth = Math.max(sum.depth, size.depth);
  sum.fields += size.fields;
  sum.aliases += size.aliases;
  sum.directives += size.directives;
  sum.introspects ||= size.introspects;
}

function largest(one: DocumentSize, other: DocumentSize): DocumentSize {
  return {
    depth: Math.max(one.depth, other.depth),
    fields: Math.max(one.fields, other.fields),
    aliases: Math.max(one.aliases, other.aliases),
    directives: Math.max(one.directives, other.directives),
    introspects: one.introspects || other.introspects,
  };
}

function emptyPart(): Part {
  return { depth: 0, fields: 0, aliases: 0, directives: 0, introspects: false, spreads: [] };
}
