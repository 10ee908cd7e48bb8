import { readFileSync } from 'node:fs';

import {
  buildSchema,
  findBreakingChanges,
  findDangerousChanges,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
} from 'graphql';
import type { GraphQLNamedType } from 'graphql';
import { describe, expect, it } from 'vitest';

import { printedSchema, schema } from '../src/schema/schema.ts';

const contract = buildSchema(readFileSync(new URL('contract/contract.graphql', import.meta.url), 'utf8'));

const ownTypes = Object.values(schema.getTypeMap()).filter(
  (type) => !type.name.startsWith('__') && !isSpecifiedScalarType(type),
);

describe('the schema', () => {
  it('equals schema.graphql, which npm run schema updates', () => {
    const file = readFileSync(new URL('../schema.graphql', import.meta.url), 'utf8');

    expect(file).toBe(printedSchema());
  });

  it('has everything that the public contract promises', () => {
    expect(findBreakingChanges(contract, schema)).toEqual([]);
    expect(findDangerousChanges(contract, schema)).toEqual([]);
  });

  it('has nothing beyond the public contract', () => {
    // The builder adds every scalar that GraphQL itself specifies, used or not.
    const beyond = findBreakingChanges(schema, contract).filter(
      ({ description }) => !description.startsWith('Standard scalar'),
    );

    expect(beyond).toEqual([]);
    expect(findDangerousChanges(schema, contract)).toEqual([]);
  });

  it('has the directives and the specification URLs of the public contract', () => {
    const ownDirectives = schema.getDirectives().filter((directive) => !isSpecifiedDirective(directive));

    expect(ownDirectives).toEqual([]);
    expect(oneOfInputs(ownTypes)).toEqual(oneOfInputs(Object.values(contract.getTypeMap())));
    expect(ownTypes.flatMap(scalarAddress)).toEqual(
      expect.arrayContaining(Object.values(contract.getTypeMap()).flatMap(scalarAddress)),
    );
  });

  it('describes every type, field, argument, input field and enum value', () => {
    expect(ownTypes.flatMap(undescribed)).toEqual([]);
  });
});

describe('the check of descriptions', () => {
  it('finds each kind of element that has no description', () => {
    const bare = buildSchema(`
      type Query { field(argument: Input): Enum }
      input Input { entry: String }
      enum Enum { VALUE }
      interface Interface { member: Int }
    `);

    const found = ['Query', 'Input', 'Enum', 'Interface'].flatMap((name) => {
      const type = bare.getType(name);
      return type ? undescribed(type) : [];
    });

    expect(found).toEqual([
      'Query',
      'Query.field',
      'Query.field(argument)',
      'Input',
      'Input.entry',
      'Enum',
      'Enum.VALUE',
      'Interface',
      'Interface.member',
    ]);
  });
});

/** Returns the names of a type and its parts that have no description. */
function undescribed(type: GraphQLNamedType): string[] {
  const parts: [string, string | null | undefined][] = [[type.name, type.description]];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field.description]);
      for (const argument of field.args) {
        parts.push([`${type.name}.${field.name}(${argument.name})`, argument.description]);
      }
    }
  }
  if (isInputObjectType(type)) {
    for (const field of Object.values(type.getFields())) parts.push([`${type.name}.${field.name}`, field.description]);
  }
  if (isEnumType(type)) {
    for (const value of type.getValues()) parts.push([`${type.name}.${value.name}`, value.description]);
  }
  return parts.filter(([, description]) => !description?.trim()).map(([name]) => name);
}

function oneOfInputs(types: readonly GraphQLNamedType[]): string[] {
  return types.filter((type) => isInputObjectType(type) && type.isOneOf).map((type) => type.name);
}

function scalarAddress(type: GraphQLNamedType): [string, string][] {
  return 'specifiedByURL' in type && type.specifiedByURL ? [[type.name, type.specifiedByURL]] : [];
}
