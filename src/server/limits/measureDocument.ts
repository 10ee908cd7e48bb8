import { Kind } from 'graphql';
import type { DirectiveNode, DocumentNode, SelectionSetNode } from 'graphql';

import { countRepeats } from './countRepeats.ts';

/** How large a document is. Its fragments count where they are spread, as often as they are. */
export interface DocumentSize {
  depth: number;
  /** Fields and fragments. */
  fields: number;
  aliases: number;
  directives: number;
  /** It asks about the schema. */
  introspects: boolean;
}

export interface MeasuredDocument extends DocumentSize {
  /** What validation has to compare (`countRepeats.ts`); zero where there is too much else. */
  repeats: number;
}

/** One definition by itself, with the fragments that it spreads. */
interface Part extends DocumentSize {
  spreads: { name: string; depth: number }[];
}

const known = new WeakMap<DocumentNode, MeasuredDocument>();

/**
 * Measures a document that was parsed and not yet validated: validation is what floods aim at, since some of its rules
 * compare every field with every other. Each definition is walked once, however often it is spread, and a circle of
 * fragments is left to validation, which names it.
 *
 * @param maxFields of more fields than that, little else is told
 */
export function measureDocument(document: DocumentNode, maxFields: number): MeasuredDocument {
  const size = known.get(document) ?? measure(document, maxFields);
  known.set(document, size);
  return size;
}

function measure(document: DocumentNode, maxFields: number): MeasuredDocument {
  const parts = new Map<string, Part>();
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
      parts.set(definition.name.value, part);
    }
    add(written, part);
  }
  if (written.fields > maxFields) return { ...written, repeats: 0 };
  const sizes = new Map<string, DocumentSize>();
  const followed = emptyPart();
  for (const operation of operations) add(followed, follow(operation, parts, sizes));
  // What no operation spreads is validated all the same.
  for (const [name, part] of parts) if (!sizes.has(name)) add(followed, follow(part, parts, sizes));
  const size = largest(written, followed);
  return { ...size, repeats: size.fields > maxFields ? 0 : countRepeats(document, maxFields) };
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
      if (selection.name.value === '__schema' || selection.name.value === '__type') part.introspects = true;
      part.depth = Math.max(part.depth, depth);
      if (selection.selectionSet) measureSelections(selection.selectionSet, depth + 1, part);
    }
  }
}

/** @param sizes those that are known, or under way: a circle adds nothing */
function follow(part: Part, parts: ReadonlyMap<string, Part>, sizes: Map<string, DocumentSize>): DocumentSize {
  const { spreads, ...own } = part;
  const size = { ...own };
  for (const { name, depth } of spreads) {
    const fragment = parts.get(name);
    if (!fragment) continue;
    let spread = sizes.get(name);
    if (!spread) {
      sizes.set(name, emptyPart());
      spread = follow(fragment, parts, sizes);
      sizes.set(name, spread);
    }
    size.depth = Math.max(size.depth, depth - 1 + spread.depth);
    size.fields += spread.fields;
    size.aliases += spread.aliases;
    size.directives += spread.directives;
    size.introspects ||= spread.introspects;
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
