import fc from 'fast-check';

import { customer, sweep } from '../../kit/accounts.ts';

/** Valid operations, to be mutated. */
const operations: { query: string; variables?: object; operationName?: string }[] = [
  { query: '{ __typename }' },
  { query: 'query A { journals(first: 2) { nodes { id status } } } query B { __typename }', operationName: 'A' },
  {
    query:
      'query ($f: Int = 3, $s: [JournalStatus!], $d: Date) { journals(first: $f, filter: { status: $s, createdAfter: $d }) ' +
      '{ edges { cursor node { ...j } } pageInfo { endCursor } } } fragment j on Journal { id ... on JNLC { netAmount } }',
    variables: { f: 5, s: ['PENDING'], d: '2026-10-13' },
  },
  { query: `query ($ids: [ID!]!) { nodes(ids: $ids) { id } account(id: "${sweep}") { id } }`, variables: { ids: [] } },
  {
    query:
      'mutation ($input: CreateJournalInput!, $key: String) { createJournal(input: $input, idempotencyKey: $key) { __typename } }',
    variables: { input: { jnlc: { fromAccount: sweep, toAccount: customer, amount: '1.50' } }, key: 'key-1' },
  },
  {
    query: 'subscription ($f: JournalStatusEventFilter) { journalStatusChanged(filter: $f) { journalId statusTo } }',
    variables: { f: { journalId: [sweep] } },
  },
  { query: '{ __schema { types { name } } a: __type(name: "Journal") { fields { name } } }' },
];

/** JSON texts of values of unexpected types. */
const odd = fc.constantFrom(
  'null',
  'true',
  '0',
  '-1',
  '1.5',
  '1e400',
  '-0',
  '123456789012345678901234567890',
  '""',
  '"\\ud800"',
  '"\\u0000"',
  '"\\ud83d\\ude00"',
  '"__proto__"',
  '[]',
  '[[]]',
  '[null]',
  '{}',
  '{"__proto__":{"toString":1}}',
  '{"constructor":{"prototype":{"a":1}}}',
  '{"toString":1,"valueOf":2,"then":3,"toJSON":4,"length":5}',
  '{"kind":"Variable","name":{"value":"a"}}',
  `${'['.repeat(300)}${']'.repeat(300)}`,
);

const value = fc.oneof(odd, fc.json({ maxDepth: 3 }));

/** A GraphQL document with some tokens removed, duplicated, swapped or replaced. */
export const malformedDocument: fc.Arbitrary<string> = fc
  .record({
    query: fc.constantFrom(...operations.map((operation) => operation.query)),
    changes: fc.array(
      fc.record({
        at: fc.nat(200),
        count: fc.nat(4),
        text: fc.oneof(
          fc.constantFrom(
            '{',
            '}',
            '(',
            ')',
            '[',
            ']',
            '$',
            '...',
            '@',
            '!',
            ':',
            '"""',
            '"',
            '#',
            '\\',
            '\ufeff',
            '\u0000',
          ),
          fc.constantFrom(
            '__proto__',
            'constructor',
            'null',
            'on',
            'fragment',
            'subscription',
            '@include(if: $f)',
            '@defer',
            '@stream',
          ),
          fc.constantFrom(
            '1e999',
            '-0',
            '00',
            '0x1',
            '99999999999999999999',
            '"\\ud800"',
            '"\\u{110000}"',
            '$__proto__',
          ),
          fc.string({ unit: 'binary', maxLength: 6 }),
        ),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ query, changes }) =>
    changes
      .reduce(
        (words, { at, count, text }) => words.toSpliced(at % words.length, count, text),
        query.split(/(?<=\W)|(?=\W)/),
      )
      .join(''),
  );

/** The JSON text of a request with malformed parts. */
export const malformedParams: fc.Arbitrary<string> = fc.oneof(
  malformedDocument.map((query) => JSON.stringify({ query })),
  value,
  fc
    .record({
      operation: fc.constantFrom(...operations),
      member: fc.constantFrom(
        'query',
        'variables',
        'operationName',
        'extensions',
        'documentId',
        '__proto__',
        'constructor',
        'id',
      ),
      value,
    })
    .map(({ operation, member, value: text }) => withMember(operation, member, text)),
  fc
    .record({ operation: fc.constantFrom(...operations), name: fc.nat(3), value })
    .map(({ operation, name, value: text }) => withVariable(operation, name, text)),
  fc
    .record({
      operation: fc.constantFrom(...operations),
      name: fc.constantFrom('persistedQuery', 'traceparent', 'tracestate'),
      value,
    })
    .map(({ operation, name, value: text }) => withMember(operation, 'extensions', `{"${name}":${text}}`)),
  cutOrSpoilt(fc.constantFrom(...operations.map((operation) => JSON.stringify(operation)))),
);

/** A text with a part missing or with unusual characters. */
export function cutOrSpoilt(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .record({
      text: texts,
      at: fc.nat(400),
      count: fc.nat(5),
      put: fc.oneof(fc.constant(''), fc.string({ unit: 'binary', maxLength: 3 })),
    })
    .map(({ text, at, count, put }) => {
      const place = at % text.length;
      return count === 0 ? text.slice(0, place) : text.slice(0, place) + put + text.slice(place + count);
    });
}

/**
 * Returns the JSON text of an object with a further member. If the name exists already, JSON parsers use the last
 * member.
 */
export function withMember(of: object, member: string, text: string): string {
  const json = JSON.stringify(of);
  return `${json.slice(0, -1)}${json === '{}' ? '' : ','}"${member}":${text}}`;
}

function withVariable(
  { variables = {}, ...operation }: (typeof operations)[number],
  index: number,
  text: string,
): string {
  const names = Object.keys(variables);
  return withMember(operation, 'variables', withMember(variables, names[index % names.length] ?? 'a', text));
}
