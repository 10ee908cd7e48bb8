import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  defaultTypeResolver,
  getNullableType,
  isAbstractType,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
  print,
} from 'graphql';
import type {
  FieldNode,
  GraphQLAbstractType,
  GraphQLEnumType,
  GraphQLField,
  GraphQLLeafType,
  GraphQLObjectType,
  GraphQLOutputType,
} from 'graphql';

import { CallSite } from './CallSite.ts';
import { collectFields } from './collectFields.ts';
import type { SelectionScope } from './collectFields.ts';
import { compileArguments } from './compileArguments.ts';
import { isPure } from './Replay.ts';

/** Statements that complete a value, and an expression for the completed value. */
interface Code {
  text: string;
  result: string;
  /** Whether the code calls resolvers through the `Execution`, and therefore needs the path of the value. */
  hasCalls: boolean;
}

/** The code of an operation would be too long. */
export class SourceTooLongError extends Error {
  override readonly name = 'SourceTooLongError';
}

/**
 * Generates JavaScript that writes results as JSON text. The functions are named `w0`, `w1`, …, one per type and
 * selection. Values are not written into the code, but passed to it as constants `c0`, `c1`, …; names are written as
 * JSON strings.
 *
 * In the code, `v` is the value to complete, `r` the `Execution` and `p` the path of the value. A function returns the
 * completed value as plain objects, lists and leaves, and `JSON.stringify` writes each root field in one call. That
 * costs less than concatenating strings, which are copied when they are sent.
 */
export class WriterSource {
  readonly constants: unknown[] = [];
  readonly #constantNames = new Map<unknown, string>();
  readonly #scope: SelectionScope;
  readonly #functions: string[] = [];
  /** The functions that complete an object, by type and selection. */
  readonly #writers = new Map<string, { name: string; hasCalls: boolean }>();
  /** The functions of root fields without resolver calls inside, by type and selection. */
  readonly #roots = new Map<string, string>();
  readonly #nodeIds = new Map<FieldNode, number>();
  readonly #enumNames = new Map<GraphQLEnumType, ReadonlyMap<unknown, string>>();
  readonly #maxFields: number;
  #fields = 0;
  #locals = 0;

  /** @param maxFields maximum number of fields in the code; a field counts once per object type that has it */
  constructor(scope: SelectionScope, maxFields: number) {
    this.#scope = scope;
    this.#maxFields = maxFields;
  }

  /** The number of fields in the code so far. */
  get fields(): number {
    return this.#fields;
  }

  get text(): string {
    // V8 can optimise these as constants, but not the elements of a list.
    const constants = this.constants.map((_, at) => `const c${at} = c[${at}];\n`).join('');
    return `'use strict';\n${constants}${this.#functions.join('\n')}`;
  }

  /**
   * Adds a function that writes the value of a root field. Fields of the same type and selection share a function:
   * operations often select a field under many aliases.
   *
   * @returns the name of the function
   */
  addRoot({ field, nodes, parentType }: CallSite): string {
    const selections = nodes.map(({ selectionSet }) => (selectionSet ? print(selectionSet) : ''));
    const key = [String(field.type), ...selections].join('\n');
    const found = this.#roots.get(key);
    if (found !== undefined) return found;
    const { text, result, hasCalls } = this.#value(field.type, 'v', 'p', nodes, parentType);
    const name = this.#add(`(v, r, p) {\n${text}\nreturn JSON.stringify(${result});\n}`);
    // The call sites in the code belong to one place in the document.
    if (!hasCalls) this.#roots.set(key, name);
    return name;
  }

  #add(code: string): string {
    const name = `w${this.#functions.length}`;
    this.#functions.push(`function ${name}${code}`);
    return name;
  }

  #constant(value: unknown): string {
    const found = this.#constantNames.get(value);
    if (found) return found;
    const name = `c${this.constants.push(value) - 1}`;
    this.#constantNames.set(value, name);
    return name;
  }

  #local(): string {
    return `l${(this.#locals += 1)}`;
  }

  /** @returns code that completes a value. @param value @param path expressions for the value and its path */
  #value(
    type: GraphQLOutputType,
    value: string,
    path: string,
    nodes: readonly FieldNode[],
    parent: GraphQLObjectType,
  ): Code {
    const inner = getNullableType(type);
    const result = this.#local();
    if (isLeafType(inner)) return { text: `const ${result} = ${this.#leaf(type, value)};`, result, hasCalls: false };
    const { text, hasCalls } = isListType(inner)
      ? this.#list(inner.ofType, value, path, nodes, parent, result)
      : this.#object(inner, value, path, nodes, result);
    const otherwise = isNonNullType(type) ? 'fail();' : `${result} = null;`;
    return { text: `let ${result};\nif (${value} == null) ${otherwise}\nelse {\n${text}\n}`, result, hasCalls };
  }

  /** @returns code that assigns the completed list to `target` */
  #list(
    item: GraphQLOutputType,
    value: string,
    path: string,
    nodes: readonly FieldNode[],
    parent: GraphQLObjectType,
    target: string,
  ): Omit<Code, 'result'> {
    const [index, element, itemPath] = [this.#local(), this.#local(), this.#local()];
    const { text, result, hasCalls } = this.#value(item, element, itemPath, nodes, parent);
    const code = `if (!Array.isArray(${value})) fail();
${target} = [];
for (let ${index} = 0; ${index} < ${value}.length; ${index} += 1) {
const ${element} = ${value}[${index}];
${hasCalls ? `const ${itemPath} = { prev: ${path}, key: ${index}, typename: undefined };` : ''}
${text}
${target}.push(${result});
}`;
    return { text: code, hasCalls };
  }

  /** @returns code that assigns the completed object to `target` */
  #object(
    type: GraphQLObjectType | GraphQLAbstractType,
    value: string,
    path: string,
    nodes: readonly FieldNode[],
    target: string,
  ): Omit<Code, 'result'> {
    const isOther = `typeof ${value} !== 'object' || ${value} instanceof Error || typeof ${value}.then === 'function'`;
    const check = `if (${isOther}) fail();`;
    if (!isAbstractType(type)) {
      const writer = this.#writer(type, nodes);
      return { text: `${check}\n${target} = ${callOf(writer, value, path)};`, hasCalls: writer.hasCalls };
    }
    const cases = this.#scope.schema.getPossibleTypes(type).map((possible) => {
      const writer = this.#writer(possible, nodes);
      const text = `case ${JSON.stringify(possible.name)}: ${target} = ${callOf(writer, value, path)}; break;`;
      return { text, hasCalls: writer.hasCalls };
    });
    const resolveType = this.#constant(type.resolveType ?? defaultTypeResolver);
    const text = `${check}
switch (${resolveType}(${value}, r.context, r.info, ${this.#constant(type)})) {
${cases.map((each) => each.text).join('\n')}
default: fail();
}`;
    return { text, hasCalls: cases.some(({ hasCalls }) => hasCalls) };
  }

  /** Returns the function that completes an object of this type with the selections of these nodes. */
  #writer(type: GraphQLObjectType, nodes: readonly FieldNode[]): { name: string; hasCalls: boolean } {
    const key = [type.name, ...nodes.map((node) => this.#idOf(node))].join();
    const found = this.#writers.get(key);
    if (found) return found;
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const fields = [...collectFields(this.#scope, type, sets)].map(([name, group]) => this.#field(type, name, group));
    const check = type.isTypeOf ? `if (${this.#constant(type.isTypeOf)}(v, r.context, r.info) !== true) fail();\n` : '';
    const text = fields.map((field) => field.text).join('\n');
    const properties = fields.map((field) => field.result).join(',\n');
    const name = this.#add(`(v, r, p) {\n${check}${text}\nreturn {\n${properties}\n};\n}`);
    const writer = { name, hasCalls: fields.some(({ hasCalls }) => hasCalls) };
    this.#writers.set(key, writer);
    return writer;
  }

  /** @returns code that completes a field; its result is a property of an object literal */
  #field(type: GraphQLObjectType, key: string, nodes: FieldNode[]): Code {
    const [node] = nodes;
    this.#fields += 1;
    if (!node || this.#fields > this.#maxFields) throw new SourceTooLongError();
    if (node.name.value === '__typename') {
      return { text: '', result: property(key, JSON.stringify(type.name)), hasCalls: false };
    }
    const field = type.getFields()[node.name.value];
    if (!field) throw new SourceTooLongError();
    const value = this.#local();
    const path = this.#local();
    const completed = this.#value(field.type, value, path, nodes, type);
    const read = this.#read(field, node);
    const isCall = read === null;
    const hasCalls = isCall || completed.hasCalls;
    const pathCode = hasCalls
      ? `const ${path} = { prev: p, key: ${JSON.stringify(key)}, typename: ${JSON.stringify(type.name)} };\n`
      : '';
    const site = isCall ? this.#constant(new CallSite(key, type, [node, ...nodes.slice(1)])) : '';
    const readCode = `${pathCode}const ${value} = ${isCall ? `r.call(${site}, v, ${path})` : read};\n`;
    if (!isCall) {
      return { text: readCode + completed.text, result: property(key, completed.result), hasCalls };
    }
    const result = this.#local();
    const completedCode = `let ${result} = null;
if (${value} !== pending) {
${completed.text}
${result} = ${completed.result};
}`;
    return { text: readCode + completedCode, result: property(key, result), hasCalls };
  }

  /**
   * Returns an expression for the value of a field without a resolver or with a pure one; null if the resolver must be
   * called through the `Execution`.
   */
  #read(field: GraphQLField<unknown, unknown>, node: FieldNode): string | null {
    if (!field.resolve) return `v[${JSON.stringify(field.name)}]`;
    if (!isPure(field.extensions)) return null;
    const args = field.args.length === 0 ? '{}' : `${this.#constant(compileArguments(field, node))}(r.coerced)`;
    return `${this.#constant(field.resolve)}(v, ${args}, r.context)`;
  }

  /** An expression for a leaf. */
  #leaf(type: GraphQLOutputType, value: string): string {
    const inner = getNullableType(type);
    if (!isLeafType(inner)) throw new TypeError(`${String(type)} is not a leaf`);
    const leaf = this.#nonNullLeaf(inner, value);
    return isNonNullType(type) ? leaf : `(${value} == null ? null : ${leaf})`;
  }

  #nonNullLeaf(type: GraphQLLeafType, value: string): string {
    const constant = this.#constant(type);
    const otherwise = `leafOf(${value}, ${constant})`;
    if (type === GraphQLString || type === GraphQLID) return `(typeof ${value} === 'string' ? ${value} : ${otherwise})`;
    if (type === GraphQLBoolean) return `(typeof ${value} === 'boolean' ? ${value} : ${otherwise})`;
    // Only 32-bit integers are unchanged by `| 0`.
    if (type === GraphQLInt) return `((${value} | 0) === ${value} ? ${value} : ${otherwise})`;
    if (type === GraphQLFloat) return `(Number.isFinite(${value}) ? ${value} : ${otherwise})`;
    if (isEnumType(type)) return `(${this.#constant(this.#namesOf(type))}.get(${value}) ?? ${otherwise})`;
    return `(typeof ${value} === 'string' ? serialized(${constant}.serialize(${value})) : ${otherwise})`;
  }

  #namesOf(type: GraphQLEnumType): ReadonlyMap<unknown, string> {
    const names =
      this.#enumNames.get(type) ?? new Map(type.getValues().map((each): [unknown, string] => [each.value, each.name]));
    this.#enumNames.set(type, names);
    return names;
  }

  #idOf(node: FieldNode): number {
    const id = this.#nodeIds.get(node) ?? this.#nodeIds.size;
    this.#nodeIds.set(node, id);
    return id;
  }
}

function callOf({ name, hasCalls }: { name: string; hasCalls: boolean }, value: string, path: string): string {
  return `${name}(${value}, r${hasCalls ? `, ${path}` : ''})`;
}

/**
 * Returns a property of an object literal. Its key is computed for `__proto__`, since `__proto__: …` sets the
 * prototype.
 */
function property(key: string, value: string): string {
  const name = JSON.stringify(key);
  return `${key === '__proto__' ? `[${name}]` : name}: ${value}`;
}
