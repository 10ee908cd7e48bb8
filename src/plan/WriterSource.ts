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

/** Code that appends the text of a value to `s`. */
interface Code {
  text: string;
  /** Whether it calls resolvers at a place in the result, whose path it therefore needs. */
  hasCalls: boolean;
}

/** Thrown when the code of an operation would be too long. */
export class SourceTooLongError extends Error {
  override readonly name = 'SourceTooLongError';
}

/** Most fields in the code of an operation, each counted once per type of object that has it. */
const maxFields = 3_000;

/**
 * Generates JavaScript that writes results as JSON text. Functions are `w0`, `w1`, …, one per type and selection; values
 * from outside are never part of the code, but constants `c[0]`, `c[1]`, …, and names are JSON strings.
 *
 * In the code, `v` is an object of the result, `r` the `Execution`, `p` the path of the object and `s` the text so far.
 */
export class WriterSource {
  readonly constants: unknown[] = [];
  readonly #constantNames = new Map<unknown, string>();
  readonly #scope: SelectionScope;
  readonly #functions: string[] = [];
  /** The function that writes a type with a selection. */
  readonly #writers = new Map<string, { name: string; hasCalls: boolean }>();
  readonly #nodeIds = new Map<FieldNode, number>();
  readonly #enumNames = new Map<GraphQLEnumType, ReadonlyMap<unknown, string>>();
  #fields = 0;
  #locals = 0;

  constructor(scope: SelectionScope) {
    this.#scope = scope;
  }

  get text(): string {
    return `'use strict';\n${this.#functions.join('\n')}`;
  }

  /** Adds a function that writes the value of a root field. @returns its name */
  addRoot({ field, nodes, parentType }: CallSite): string {
    const { text } = this.#value(field.type, 'v', 'p', nodes, parentType);
    return this.#add(`(v, r, p) {\nlet s = '';\n${text}\nreturn s;\n}`);
  }

  #add(code: string): string {
    const name = `w${this.#functions.length}`;
    this.#functions.push(`function ${name}${code}`);
    return name;
  }

  #constant(value: unknown): string {
    const found = this.#constantNames.get(value);
    if (found) return found;
    const name = `c[${this.constants.push(value) - 1}]`;
    this.#constantNames.set(value, name);
    return name;
  }

  #local(): string {
    return `l${(this.#locals += 1)}`;
  }

  /** Completes a value. @param path an expression for its path */
  #value(
    type: GraphQLOutputType,
    value: string,
    path: string,
    nodes: readonly FieldNode[],
    parent: GraphQLObjectType,
  ): Code {
    const inner = getNullableType(type);
    if (isLeafType(inner)) return { text: `s += ${this.#leaf(type, value)};`, hasCalls: false };
    const { text, hasCalls } = isListType(inner)
      ? this.#list(inner.ofType, value, path, nodes, parent)
      : this.#object(inner, value, path, nodes);
    const otherwise = isNonNullType(type) ? 'fail();' : `s += 'null';`;
    return { text: `if (${value} == null) ${otherwise}\nelse {\n${text}\n}`, hasCalls };
  }

  #list(
    item: GraphQLOutputType,
    value: string,
    path: string,
    nodes: readonly FieldNode[],
    parent: GraphQLObjectType,
  ): Code {
    const [index, element, itemPath] = [this.#local(), this.#local(), this.#local()];
    const { text, hasCalls } = this.#value(item, element, itemPath, nodes, parent);
    const code = `if (!Array.isArray(${value})) fail();
s += '[';
for (let ${index} = 0; ${index} < ${value}.length; ${index} += 1) {
if (${index} > 0) s += ',';
const ${element} = ${value}[${index}];
${hasCalls ? `const ${itemPath} = { prev: ${path}, key: ${index}, typename: undefined };` : ''}
${text}
}
s += ']';`;
    return { text: code, hasCalls };
  }

  #object(
    type: GraphQLObjectType | GraphQLAbstractType,
    value: string,
    path: string,
    nodes: readonly FieldNode[],
  ): Code {
    const isOther = `typeof ${value} !== 'object' || ${value} instanceof Error || typeof ${value}.then === 'function'`;
    const check = `if (${isOther}) fail();`;
    if (!isAbstractType(type)) {
      const writer = this.#writer(type, nodes);
      return { text: `${check}\n${append(writer, value, path)}`, hasCalls: writer.hasCalls };
    }
    const cases = this.#scope.schema.getPossibleTypes(type).map((possible) => {
      const writer = this.#writer(possible, nodes);
      const text = `case ${JSON.stringify(possible.name)}: ${append(writer, value, path)} break;`;
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

  /** The function that writes an object of this type. */
  #writer(type: GraphQLObjectType, nodes: readonly FieldNode[]): { name: string; hasCalls: boolean } {
    const key = [type.name, ...nodes.map((node) => this.#idOf(node))].join();
    const found = this.#writers.get(key);
    if (found) return found;
    const sets = nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const fields = [...collectFields(this.#scope, type, sets)].map(([name, group]) => this.#field(type, name, group));
    const check = type.isTypeOf ? `if (${this.#constant(type.isTypeOf)}(v, r.context, r.info) !== true) fail();\n` : '';
    const text = fields.map((field, at) => `s += '${at === 0 ? '' : ','}' + ${field.text}`).join('\n');
    const name = this.#add(`(v, r, p) {\n${check}let s = '{';\n${text}\nreturn s + '}';\n}`);
    const writer = { name, hasCalls: fields.some(({ hasCalls }) => hasCalls) };
    this.#writers.set(key, writer);
    return writer;
  }

  /** @returns code that continues the statement `s += `, with the key and the value of a field */
  #field(type: GraphQLObjectType, key: string, nodes: FieldNode[]): Code {
    const [node] = nodes;
    this.#fields += 1;
    if (!node || this.#fields > maxFields) throw new SourceTooLongError();
    const label = JSON.stringify(`${JSON.stringify(key)}:`);
    if (node.name.value === '__typename') {
      return { text: `${label} + ${JSON.stringify(JSON.stringify(type.name))};`, hasCalls: false };
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
    const call = isCall ? `r.call(${site}, v, ${path})` : read;
    const text = isCall ? `if (${value} === pending) s += 'null';\nelse {\n${completed.text}\n}` : completed.text;
    return { text: `${label};\n${pathCode}const ${value} = ${call};\n${text}`, hasCalls };
  }

  /** An expression for the value of a field that only reads its parent; null if its resolver must be called. */
  #read(field: GraphQLField<unknown, unknown>, node: FieldNode): string | null {
    if (!field.resolve) return `v[${JSON.stringify(field.name)}]`;
    if (!isPure(field.extensions)) return null;
    const args = field.args.length === 0 ? '{}' : `${this.#constant(compileArguments(field, node))}(r.coerced)`;
    return `${this.#constant(field.resolve)}(v, ${args}, r.context)`;
  }

  #leaf(type: GraphQLOutputType, value: string): string {
    const inner = getNullableType(type);
    if (!isLeafType(inner)) throw new TypeError(`${String(type)} is not a leaf`);
    const text = this.#leafText(inner, value);
    return isNonNullType(type) ? text : `(${value} == null ? 'null' : ${text})`;
  }

  #leafText(type: GraphQLLeafType, value: string): string {
    const otherwise = `leafText(${value}, ${this.#constant(type)})`;
    if (type === GraphQLString || type === GraphQLID) {
      return `(typeof ${value} === 'string' ? quote(${value}) : ${otherwise})`;
    }
    if (type === GraphQLBoolean) return `(typeof ${value} === 'boolean' ? '' + ${value} : ${otherwise})`;
    // Integers of 32 bits, and numbers that are finite.
    if (type === GraphQLInt) return `((${value} | 0) === ${value} ? '' + ${value} : ${otherwise})`;
    if (type === GraphQLFloat) return `(Number.isFinite(${value}) ? '' + ${value} : ${otherwise})`;
    if (!isEnumType(type)) return otherwise;
    return `(${this.#constant(this.#namesOf(type))}.get(${value}) ?? ${otherwise})`;
  }

  /** The JSON text of each value of an enum. */
  #namesOf(type: GraphQLEnumType): ReadonlyMap<unknown, string> {
    const names =
      this.#enumNames.get(type) ??
      new Map(type.getValues().map((each): [unknown, string] => [each.value, JSON.stringify(each.name)]));
    this.#enumNames.set(type, names);
    return names;
  }

  #idOf(node: FieldNode): number {
    const id = this.#nodeIds.get(node) ?? this.#nodeIds.size;
    this.#nodeIds.set(node, id);
    return id;
  }
}

function append({ name, hasCalls }: { name: string; hasCalls: boolean }, value: string, path: string): string {
  return `s += ${name}(${value}, r${hasCalls ? `, ${path}` : ''});`;
}
