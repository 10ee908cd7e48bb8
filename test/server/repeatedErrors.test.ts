import { describe, expect, it } from 'vitest';

import { doors, operate } from '../kit/operate.ts';
import { sharedGateway } from '../kit/sharedGateway.ts';

const gateway = sharedGateway();

const most = 6;

/** Documents that contain the same mistake ten times or more, as scanners send them. */
const mistakes: [what: string, query: string, variables?: Record<string, unknown>][] = [
  ['an unknown directive', `{ __typename ${'@aa'.repeat(10)} }`],
  ['a directive that may stand once', `{ __typename ${'@include(if: true) '.repeat(10)} }`],
  ['a directive in the wrong place', `query ${'@include(if: true) '.repeat(10)} { __typename }`],
  ['unknown fields', `{ ${names('f')} }`],
  ['unknown arguments', `{ journals(${names('a', ': 1')}) { nodes { id } } }`],
  ['an argument that is given again', `{ journals(${'first: 1 '.repeat(10)}) { nodes { id } } }`],
  ['arguments of a directive', `{ __typename @include(if: true ${names('a', ': 1')}) }`],
  ['missing arguments', `{ ${names('j', ': journal { id }')} }`],
  ['values of an enum', `{ journals(filter: { status: [${names('S')}] }) { nodes { id } } }`],
  ['fields of an input', `{ journals(filter: { ${names('f', ': 1')} }) { nodes { id } } }`],
  [
    'a field of an input that is given again',
    `{ journals(filter: { ${'entryType: JNLC '.repeat(10)} }) { nodes { id } } }`,
  ],
  ['unknown fragments', `{ __typename ${names('F').replace(/F/g, '...F')} }`],
  ['unused fragments', `{ __typename } ${names('F').replace(/F\d+/g, 'fragment $& on Query { __typename }')}`],
  ['a fragment that is written again', `{ ...F } ${'fragment F on Query { __typename } '.repeat(10)}`],
  ['unknown types', `{ ${names('T').replace(/T\d+/g, '... on $& { id }')} }`],
  ['unused variables', `query (${names('v', ': Int').replace(/v/g, '$v')}) { __typename }`],
  ['unknown variables', `{ nodes(ids: [${names('v').replace(/v/g, '$v')}]) { id } }`],
  ['a variable that is declared again', `query (${'$v: Int '.repeat(10)}) { journals(first: $v) { nodes { id } } }`],
  [
    'variables of wrong types',
    `query (${names('v', ': Int').replace(/v/g, '$v')}) { nodes(ids: [${names('v').replace(/v/g, '$v')}]) { id } }`,
  ],
  ['operations of one name', 'query A { __typename } '.repeat(10)],
  ['fields that contradict each other', `{ ${names('x').replace(/x\d+/g, 'y: node(id: "$&") { id }')} }`],
  ['scalars with subfields', `{ journals { nodes { ${names('i', ': id { x }')} } } }`],
  ['objects without subfields', `{ ${names('j', ': journals')} }`],
  [
    'wrong values of a variable',
    'query ($s: [JournalStatus!]) { journals(filter: { status: $s }) { nodes { id } } }',
    { s: Array.from({ length: 50 }, () => 'PENDINX') },
  ],
];

describe('a repeated mistake', () => {
  it.each(mistakes)('such as %s is reported a few times on every transport', async (_what, query, variables) => {
    const { url } = gateway;

    const outcomes = await Promise.all(doors.map((door) => operate(door, url, null, query, variables)));

    for (const { errors = [] } of outcomes) {
      expect(errors.length).toBeGreaterThan(0);
      expect(errors.length).toBeLessThanOrEqual(most);
      for (const { locations = [] } of errors) expect(locations.length).toBeLessThanOrEqual(10);
    }
  });

  it('does not hide mistakes of other kinds', async () => {
    const { url } = gateway;
    const query = `{ ${names('f')} journals(firzt: 1) { nodes { id } } __typename @aa @aa @aa @aa }`;

    for (const door of doors) {
      const messages = ((await operate(door, url, null, query)).errors ?? []).map(({ message }) => message);
      expect(messages.filter((message) => message.startsWith('Cannot query field'))).toHaveLength(3);
      expect(messages.filter((message) => message.startsWith('Unknown directive'))).toHaveLength(3);
      expect(messages.filter((message) => message.startsWith('Unknown argument'))).toHaveLength(1);
    }
  });
});

/** Returns ten different names, each followed by `end` and separated by spaces. */
function names(name: string, end = ''): string {
  return Array.from({ length: 10 }, (_, index) => `${name}${index}${end}`).join(' ');
}
