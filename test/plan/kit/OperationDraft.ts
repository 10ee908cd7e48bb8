import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql';
import type {
  GraphQLArgument,
  GraphQLCompositeType,
  GraphQLField,
  GraphQLInputType,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
} from 'graphql';

import type { Draw } from './Draw.ts';

export type OperationKind = 'query' | 'mutation' | 'subscription';

/** A document with one operation, and variables for it, some of them wrong. */
export interface Draft {
  text: string;
  variables: Record<string, unknown>;
}

/** Creates a random operation on a schema. Most operations are valid, but the caller must validate them. */
export function draftOperation(schema: GraphQLSchema, draw: Draw, kind: OperationKind): Draft {
  return new OperationDraft(schema, draw).draft(kind);
}

class OperationDraft {
  readonly #schema: GraphQLSchema;
  readonly #draw: Draw;
  readonly #variables = new Map<string, string>();
  readonly #values: Record<string, unknown> = {};
  readonly #fragments: string[] = [];
  /** The names of the fragments that may be spread again, by type. */
  readonly #spreadable = new Map<GraphQLCompositeType, string[]>();
  #fields = 0;

  constructor(schema: GraphQLSchema, draw: Draw) {
    this.#schema = schema;
    this.#draw = draw;
  }

  draft(kind: OperationKind): Draft {
    const rootTypes = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
    const root = this.#schema.getType(rootTypes[kind]);
    if (!isObjectType(root)) throw new TypeError(`no type for a ${kind}`);
    const set = kind === 'subscription' ? this.#onlyField(root) : this.#selectionSet(root, 0);
    const variables = [...this.#variables].map(([name, type]) => `$${name}: ${type}`);
    const head = `${kind} Drawn${variables.length > 0 ? `(${variables.join(', ')})` : ''}`;
    return { text: [`${head} ${set}`, ...this.#fragments].join('\n'), variables: this.#values };
  }

  /** A subscription has one field, without directives. */
  #onlyField(root: GraphQLObjectType): string {
    const [field] = Object.values(root.getFields());
    const type = field && getNamedType(field.type);
    return type && isCompositeType(type) ? `{ ${field.name} ${this.#selectionSet(type, 1)} }` : '{ __typename }';
  }

  #selectionSet(type: GraphQLCompositeType, depth: number): string {
    const count = 1 + this.#draw.below(depth > 3 ? 2 : 4);
    return `{ ${Array.from({ length: count }, () => this.#selection(type, depth)).join(' ')} }`;
  }

  #selection(type: GraphQLCompositeType, depth: number): string {
    this.#fields += 1;
    const isLast = depth > 4 || this.#fields > 60;
    if (!isLast && this.#draw.chance(isAbstractType(type) ? 50 : 15)) return this.#fragment(type, depth);
    if (this.#draw.chance(10)) return '__typename';
    const fields = isAbstractType(type) && !('getFields' in type) ? [] : Object.values(type.getFields());
    const usable = fields.filter((field) => !isLast || isLeafType(getNamedType(field.type)));
    return this.#field(this.#draw.of(usable), depth);
  }

  #field(field: GraphQLField<unknown, unknown> | undefined, depth: number): string {
    if (!field) return '__typename';
    // Few names, so that some fields merge and some documents are invalid.
    const alias = this.#draw.chance(25) ? `${this.#draw.of(['a', 'b', '__proto__', `${field.name}2`])}: ` : '';
    const args = field.args.flatMap((argument) => this.#argument(argument));
    const named: GraphQLNamedType = getNamedType(field.type);
    const set = isLeafType(named) || isInputObjectType(named) ? '' : ` ${this.#selectionSet(named, depth + 1)}`;
    return `${alias}${field.name}${args.length > 0 ? `(${args.join(', ')})` : ''}${this.#directive()}${set}`;
  }

  #fragment(type: GraphQLCompositeType, depth: number): string {
    const possible = isAbstractType(type) ? this.#schema.getPossibleTypes(type) : [type];
    const condition = this.#draw.chance(15) ? type : (this.#draw.of(possible) ?? type);
    if (this.#draw.chance(60)) {
      const on = this.#draw.chance(10) ? '' : ` on ${condition.name}`;
      return `...${on}${this.#directive()} ${this.#selectionSet(on === '' ? type : condition, depth + 1)}`;
    }
    const names = this.#spreadable.get(condition) ?? [];
    const known = this.#draw.chance(50) ? this.#draw.of(names) : undefined;
    if (known !== undefined) return `...${known}${this.#directive()}`;
    const name = `F${this.#fragments.length}`;
    const at = this.#fragments.push('') - 1;
    this.#fragments[at] = `fragment ${name} on ${condition.name} ${this.#selectionSet(condition, depth + 1)}`;
    this.#spreadable.set(condition, [...(this.#spreadable.get(condition) ?? []), name]);
    return `...${name}${this.#directive()}`;
  }

  #directive(): string {
    if (!this.#draw.chance(12)) return '';
    const name = this.#draw.of(['skip', 'include']);
    if (this.#draw.chance(40)) return ` @${name}(if: ${this.#draw.chance(50)})`;
    const variable = this.#draw.of(['yes', 'no', 'maybe']);
    this.#variables.set(variable, variable === 'maybe' ? 'Boolean = true' : 'Boolean!');
    if (variable !== 'maybe') this.#values[variable] = variable === 'yes';
    else if (this.#draw.chance(30)) this.#values[variable] = this.#draw.of([true, false, null]);
    return ` @${name}(if: $${variable})`;
  }

  #argument({ name, type, defaultValue }: GraphQLArgument): string[] {
    const isRequired = isNonNullType(type) && defaultValue === undefined;
    if (!isRequired && this.#draw.chance(50)) return [];
    if (this.#draw.chance(50)) return [`${name}: ${this.#literal(type, 0)}`];
    return [`${name}: $${this.#variable(type, defaultValue !== undefined)}`];
  }

  #variable(type: GraphQLInputType, hasDefault: boolean): string {
    const name = `v${this.#variables.size}`;
    // A nullable variable may stand where a default is.
    const declared = isNonNullType(type) && hasDefault && this.#draw.chance(50) ? type.ofType : type;
    const isDefaulted = !isNonNullType(declared) && this.#draw.chance(30);
    this.#variables.set(name, `${String(declared)}${isDefaulted ? ` = ${this.#literal(declared, 0, true)}` : ''}`);
    if (!this.#draw.chance(15)) this.#values[name] = this.#json(declared, 0);
    return name;
  }

  #literal(type: GraphQLInputType, depth: number, isConstant = false): string {
    const draw = this.#draw;
    if (!isNonNullType(type) && draw.chance(12)) return 'null';
    const inner = isNonNullType(type) ? type.ofType : type;
    if (!isConstant && draw.chance(8)) return `$${this.#variable(type, false)}`;
    if (isListType(inner)) {
      const items = Array.from({ length: draw.below(3) }, () => this.#literal(inner.ofType, depth + 1, isConstant));
      return draw.chance(20) ? this.#literal(inner.ofType, depth + 1, isConstant) : `[${items.join(', ')}]`;
    }
    if (isInputObjectType(inner)) {
      const fields = Object.values(inner.getFields()).filter(() => depth < 3 && draw.chance(40));
      const chosen = inner.isOneOf
        ? [Object.values(inner.getFields())[draw.below(3)]].filter((field) => !!field)
        : fields;
      return `{ ${chosen.map((field) => `${field.name}: ${this.#literal(field.type, depth + 1, isConstant)}`).join(', ')} }`;
    }
    if (isEnumType(inner)) return draw.of(inner.getValues())?.name ?? '';
    return draw.of(literals[inner.name] ?? ['"2026"']) ?? '';
  }

  /** Returns a JSON value of the type, or sometimes of a wrong type. */
  #json(type: GraphQLInputType, depth: number): unknown {
    const draw = this.#draw;
    if (draw.chance(4)) return draw.of([null, 'wrong', 1.5, true, [], {}, { text: 1 }, [[null]], 4_000_000_000]);
    if (!isNonNullType(type) && draw.chance(12)) return null;
    const inner = isNonNullType(type) ? type.ofType : type;
    if (isListType(inner)) {
      if (draw.chance(20)) return this.#json(inner.ofType, depth + 1);
      return Array.from({ length: draw.below(3) }, () => this.#json(inner.ofType, depth + 1));
    }
    if (isInputObjectType(inner)) {
      const fields = Object.values(inner.getFields());
      const chosen = inner.isOneOf ? [draw.of(fields)] : fields.filter(() => depth < 3 && draw.chance(40));
      const entries = chosen.map((field) => [field?.name ?? '', field ? this.#json(field.type, depth + 1) : null]);
      if (draw.chance(3)) entries.push([draw.of(['unknown', '__proto__', 'constructor']), 1]);
      return Object.fromEntries(entries);
    }
    if (isEnumType(inner)) return draw.of(inner.getValues())?.name;
    return draw.of(values[inner.name] ?? ['2026']);
  }
}

const literals: Readonly<Record<string, readonly string[]>> = {
  Int: ['0', '-3', '7'],
  String: ['"text"', '"a \\"quote\\""', '"""block"""'],
  ID: ['"6d2cba43"', '12'],
  Boolean: ['true', 'false'],
};

const values: Readonly<Record<string, readonly unknown[]>> = {
  Int: [0, -3, 7],
  String: ['text', 'a "quote"'],
  ID: ['6d2cba43', 12],
  Boolean: [true, false],
};
