import { Kind } from 'graphql';
import type { GraphQLError, ValueNode } from 'graphql';

import { isCalendarDate } from '../domain/calendarDate.ts';
import { isDecimal } from '../domain/decimal.ts';
import { isInstant } from '../domain/instant.ts';
import { spellingOf } from '../domain/readJson.ts';
import { codedGraphQLError } from '../errors/codedGraphQLError.ts';

import { builder } from './builder.ts';

stringScalar('Decimal', {
  description:
    'An exact decimal number as a string, such as `"10.25"`: `-?(0|[1-9][0-9]*)(\\.[0-9]+)?`, of any length, without an ' +
    'exponent. Input may also be an integer, in JSON up to 2^53-1. Other JSON numbers are rejected because they may ' +
    'lose digits on the way: send a string.',
  expected: 'a decimal in a string such as "10.25"',
  isValid: isDecimal,
  acceptsIntegers: true,
  serialize: (value) => {
    if (typeof value === 'string' && isDecimal(value)) return value;
    throw new TypeError(`cannot serialize a value of type ${typeof value} as a Decimal`);
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
  specifiedByURL?: string;
  /** The expected value, for the message about an invalid one. */
  expected: string;
  isValid: (value: string) => boolean;
  acceptsIntegers?: boolean;
  serialize?: (value: unknown) => unknown;
}

/** A scalar that remains a string: a JavaScript number or `Date` would lose digits and offsets. */
function stringScalar(name: 'Decimal' | 'Date' | 'DateTime', scalar: StringScalar): void {
  const { expected, isValid, acceptsIntegers = false, ...rest } = scalar;
  builder.scalarType(name, {
    ...rest,
    parseValue: (value) => {
      const text = acceptsIntegers && Number.isSafeInteger(value) ? String(value) : value;
      if (typeof text === 'string' && isValid(text)) return text;
      throw invalidValue(expected, describe(value));
    },
    parseLiteral: (node) => {
      const isText = node.kind === Kind.STRING || (acceptsIntegers && node.kind === Kind.INT);
      if (isText && isValid(node.value)) return node.value;
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
