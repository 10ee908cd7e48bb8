import { initGraphQLTada } from 'gql.tada';

import type { introspection } from './schemaTypes.d.ts';

/** Creates a document whose result and variables are typed by schema.graphql. */
export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { Date: string; DateTime: string; Decimal: string; ID: string };
  disableMasking: true;
}>();
