import { Kind } from 'graphql';
import type { GraphQLError, ValueNode } from 'graphql';

import { isCalendarDate } from '../domain/calendarDate.ts';
import { isDecimal } from '../domain/decimal.ts';
import { isInstant } from '../domain/instant.ts';
import { spellingOf } from '../domain/readJson.ts';
import { codedGraphQLError } from '../errors/codedGraphQLError.ts';

import { builder } from './builder.ts';

const decimalExample = 'a decimal in a string such as "10.25"';

builder.scalarType('Decimal', {
  description:
    'An exact decimal number as a string, such as `"10.25"`: `-?(0|[1-9][0-9]*)(\\.[0-9]+)?`, of any length, without an ' +
    'exponent. Input may also be an integer, in JSON up to 2^53-1. Other JSON numbers are rejected because they may ' +
    'lose digits on the way: send a string.',
  serialize: (value) => {
    if (typeof value === 'string' && isDecimal(value)) return value;
    throw new TypeError(`cannot serialize a value of type ${typeof value} as a Decimal`);
  },
  parseValue: (value) => {
    if (typeof value === 'string' && isDecimal(value)) return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    throw invalidValue(decimalExample, describe(value));
  },
  parseLiteral: (node) => {
    if (node.kind === Kind.INT) return node.value;
    if (node.kind === Kind.STRING && isDecimal(node.value)) return node.value;
    throw invalidValue(decimalExample, describeLiteral(node), node);
  },
});

stringScalar('Date', {
  description: 'A calendar date (UTC), such as `2020-12-24`.',
  specifiedByURL: 'https://scalars.graphql.org/chillicream/local-date.html',
  expected: 'a date such as "2020-12-24"',
  isValid: isCalendarDate,
});

stringScalar('DateTime', {
  description:
    'An RFC 3339 timestamp with an offset, such as `2026-10-13T13:11:10.57913Z`. Keeps all fractional digits of a second.',
  specifiedByURL: 'https://scalars.graphql.org/chillicream/date-time.html',
  expected: 'an RFC 3339 instant with an offset such as "2026-10-13T13:11:10Z"',
  isValid: isInstant,
});

interface StringScalar {
  description: string;
  specifiedByURL: string;
  expected: string;
  isValid: (value: string) => boolean;
}

/** A scalar that remains a string: a JavaScript `Date` would lose microseconds and offsets. */
function stringScalar(
  name: 'Date' | 'DateTime',
  { description, specifiedByURL, expected, isValid }: StringScalar,
): void {
  builder.scalarType(name, {
    description,
    specifiedByURL,
    serialize: (value) => value,
    parseValue: (value) => {
      if (typeof value === 'string' && isValid(value)) return value;
      throw invalidValue(expected, describe(value));
    },
    parseLiteral: (node) => {
      if (node.kind === Kind.STRING && isValid(node.value)) return node.value;
      throw invalidValue(expected, describeLiteral(node), node);
    },
  });
}

/** @param node the invalid literal, for the location of the error */
function invalidValue(expected: string, found: string, node: ValueNode | null = null): GraphQLError {
  return codedGraphQLError('BAD_USER_INPUT', `expected ${expected}, found ${found}`, { nodes: node });
}

function describe(value: unknown): string {
  const number = spellingOf(value);
  if (number !== null) return `the number ${number}; send a string`;
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : `a value of type ${typeof value}`;
}

function describeLiteral(node: ValueNode): string {
  return 'value' in node ? describe(node.value) : node.kind;
}
