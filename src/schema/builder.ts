import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';

import type { OperationContext } from '../context.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Instant } from '../domain/instant.ts';

/**
 * The `extensions` of a field whose resolver only reads its parent, its arguments and the context: it has no side
 * effects and returns the same value each time, never a promise. Compiled operations call such a resolver without
 * recording its result.
 */
export const pure = { pure: true };

/** The schema builder. Each type has a file of its own. */
export const builder = new SchemaBuilder<{
  Context: OperationContext;
  Scalars: {
    ID: { Input: string; Output: string };
    Decimal: { Input: Decimal; Output: Decimal };
    Date: { Input: CalendarDate; Output: CalendarDate };
    DateTime: { Input: Instant; Output: Instant };
  };
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
}>({
  // The errors plugin must come before the relay plugin.
  plugins: [ErrorsPlugin, RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  errors: { directResult: true, defaultTypes: [] },
  // Fields declare their cost. `plan/compileCost.ts` adds the costs up, and the step `limitCost` of the engine enforces
  // the limit before execution.
  complexity: { disabled: true, defaultComplexity: 1, defaultListMultiplier: 1 },
  relay: {
    // IDs are the API's own UUIDs without a type prefix, so `node` and `nodes` are written by hand.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    cursorType: 'String',
    edgeCursorType: 'String',
    pageInfoCursorType: 'String',
    edgesFieldOptions: {
      nullable: { list: false, items: false },
      description: 'The items of the page with their cursors.',
      extensions: pure,
    },
    nodeFieldOptions: { nullable: false, description: 'The item of the edge.', extensions: pure },
    nodesOnConnection: { description: 'The items of the page.', extensions: pure },
    pageInfoFieldOptions: { nullable: false, description: 'Information to aid in pagination.', extensions: pure },
    cursorFieldOptions: { description: 'An opaque cursor for use in pagination.' },
    hasNextPageFieldOptions: { nullable: false, description: 'Whether there are items after the page.' },
    hasPreviousPageFieldOptions: { nullable: false, description: 'Whether there are items before the page.' },
    startCursorFieldOptions: { nullable: true, description: 'The cursor of the first edge. Null on an empty page.' },
    endCursorFieldOptions: { nullable: true, description: 'The cursor of the last edge. Null on an empty page.' },
    firstArgOptions: { description: 'Returns the first n items, up to 500. Defaults to 50.' },
    afterArgOptions: { description: 'Returns the items after this cursor.' },
    lastArgOptions: { description: 'Returns the last n items, up to 500. Requires `before`.' },
    beforeArgOptions: { description: 'Returns the items before this cursor.' },
    idFieldOptions: { description: 'The UUID of the object, in the spelling of the API.' },
    pageInfoTypeOptions: {
      description: 'Information about pagination in a connection, as defined by the Relay specification.',
    },
    nodeTypeOptions: { description: 'An object that can be read by its ID.' },
  },
});

builder.queryType({
  description:
    'The read operations. A field that requires an API call is null if the call fails; other fields are not affected.',
});
builder.mutationType({
  description: 'The operations that create, reverse and delete journals.',
});
builder.subscriptionType({ description: 'The live events.' });
