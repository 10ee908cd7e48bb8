import { GraphQLError, Kind } from 'graphql';
import type { ValueNode } from 'graphql';

import { isCalendarDate } from '../domain/calendarDate.ts';
import { isDecimal } from '../domain/decimal.ts';
import { isInstant } from '../domain/instant.ts';
import { spellingOf } from '../domain/JsonNumber.ts';

import { builder } from './builder.ts';

builder.scalarType('Decimal', {
  description:
    'An exact decimal in a string: `-?(0|[1-9][0-9]*)(\\.[0-9]+)?`, any length, no exponent. As input also an integer ' +
    'literal, or a JSON integer up to 2^53-1; a JSON number with a fraction is refused, since its digits may be lost ' +
    'before it arrives: send a string.',
  serialize: (value) => {
    if (typeof value === 'string' && isDecimal(value)) return value;
    throw new TypeError(`expected a decimal in a string to answer with, found ${typeof value}`);
  },
  parseValue: (value) => {
    if (typeof value === 'string' && isDecimal(value)) return value;
    if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value);
    throw refused('a decimal in a string such as "10.25"', describe(value));
  },
  parseLiteral: (node) => {
    if (node.kind === Kind.INT) return node.value;
    if (node.kind === Kind.STRING && isDecimal(node.value)) return node.value;
    throw refused('a decimal in a string such as "10.25"', describeLiteral(node), node);
  },
});

stringScalar('Date', {
  description: 'A calendar date, `2020-12-24`. Days are UTC.',
  specifiedByURL: 'https://scalars.graphql.org/chillicream/local-date.html',
  expected: 'a date such as "2020-12-24"',
  isValid: isCalendarDate,
});

stringScalar('DateTime', {
  description:
    'An instant with its offset as RFC 3339 writes it, `2026-10-13T13:11:10.57913Z`, with as many digits of a second as were given.',
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

/** A scalar that stays the string that it came as: a JS `Date` would lose microseconds and offsets. */
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
      throw refused(expected, describe(value));
    },
    parseLiteral: (node) => {
      if (node.kind === Kind.STRING && isValid(node.value)) return node.value;
      throw refused(expected, describeLiteral(node), node);
    },
  });
}

/** @param node where a literal stands, so that the answer says which */
function refused(expected: string, found: string, node: ValueNode | null = null): GraphQLError {
  return new GraphQLError(`expected ${expected}, found ${found}`, {
    nodes: node,
    extensions: { code: 'BAD_USER_INPUT' },
  });
}

function describe(value: unknown): string {
  const number = spellingOf(value);
  if (number !== null) return `the number ${number}; send a string`;
  return typeof value === 'string' ? JSON.stringify(value.slice(0, 60)) : `a value of type ${typeof value}`;
}

function describeLiteral(node: ValueNode): string {
  return 'value' in node ? describe(node.value) : node.kind;
}
