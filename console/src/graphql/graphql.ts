import { initGraphQLTada } from 'gql.tada';

import type { introspection } from './schemaTypes.d.ts';

/** Writes a document whose result and variables have the types of schema.graphql. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Date: string; DateTime: string; Decimal: string; ID: string };
  disableMasking: true;
}>();
