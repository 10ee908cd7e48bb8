import { getIntrospectionQuery } from 'graphql';

import { floodOfOperations, floodOfSockets, floodOfUpgrades } from './floods.ts';
import type { Flood } from './floods.ts';
import { postOf } from './postOf.ts';

/** The attacks by name. Each request is as large as it can be without being refused by an earlier and cheaper check. */
export const attacks: Record<string, Flood> = {
  'aliases, 5,000': floodOfDocuments(`{ ${many(5_000, (index) => `a${index}: __typename`)} }`),
  'fields, 15,000': floodOfDocuments(`{ journals { nodes { ${many(15_000, () => 'id')} } } }`),
  'directives, 2,500': floodOfDocuments(`{ __typename ${many(2_500, () => '@include(if: true)')} }`),
  'fragments that double 60 times': floodOfDocuments(
    `{ ...f0 } ${many(60, doubled)} fragment f60 on Query { __typename }`,
  ),
  'fragments in a cycle': floodOfDocuments('{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'),
  'selections nested 190 levels deep': floodOfDocuments(`${'{ a '.repeat(190)}${'}'.repeat(190)}`),
  'braces nested 9,000 levels deep': floodOfDocuments(`${'{ a '.repeat(9_000)}${'}'.repeat(9_000)}`),
  'tokens, a million': floodOfDocuments(`{ ${'a '.repeat(1_000_000)} }`),
  introspection: floodOfDocuments(getIntrospectionQuery()),
  'variables of 4 MiB': floodOfBodies(
    JSON.stringify({ query: '{ __typename }', variables: { a: 'x'.repeat(4_190_000) } }),
  ),
  'JSON nested 100,000 levels deep': floodOfBodies(
    `{"query":"{ __typename }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
  ),
  'bodies of 10 MB': floodOfBodies('x'.repeat(10_000_000)),
  'malformed JSON': floodOfBodies('{"query":"{ __typename }",'),
  'arrays of 1,000': floodOfBodies(JSON.stringify(Array(1_000).fill({ query: '{ __typename }' }))),
  'silent connections': floodOfSockets,
  'silent WebSockets': floodOfUpgrades,
};

/** Each document is unique, because the gateway caches parsed documents. */
function floodOfDocuments(document: string): Flood {
  return floodOfOperations((index) => postOf(JSON.stringify({ query: `# ${index}\n${document}` })));
}

function floodOfBodies(body: string): Flood {
  const request = Buffer.from(postOf(body));
  return floodOfOperations(() => request);
}

function many(count: number, textOf: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => textOf(index)).join(' ');
}

function doubled(index: number): string {
  return `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`;
}
