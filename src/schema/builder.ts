import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';

import type { OperationContext } from '../context.ts';
import type { CalendarDate } from '../domain/calendarDate.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { Instant } from '../domain/instant.ts';

/** The one builder. It defines no types: each has a file of its own. */
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
  // The errors plugin has to come before relay.
  plugins: [ErrorsPlugin, RelayPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  errors: { directResult: true, defaultTypes: [] },
  // Fields say what they cost; the pipeline adds it up and judges it, before anything is executed (`cost.ts`).
  complexity: { disabled: true, defaultComplexity: 1, defaultListMultiplier: 1 },
  relay: {
    // An id is the API's own UUID, unwrapped: `node` and `nodes` are written by hand.
    nodeQueryOptions: false,
    nodesQueryOptions: false,
    cursorType: 'String',
    edgeCursorType: 'String',
    pageInfoCursorType: 'String',
    edgesFieldOptions: { nullable: { list: false, items: false }, description: 'The page, each with its cursor.' },
    nodeFieldOptions: { nullable: false, description: 'What stands there.' },
    nodesOnConnection: { description: 'The page without its cursors.' },
    pageInfoFieldOptions: { nullable: false, description: 'Where the page stands.' },
    cursorFieldOptions: { description: 'Opaque: the place of this edge in the list.' },
    hasNextPageFieldOptions: { nullable: false, description: 'Whether more follows behind the page.' },
    hasPreviousPageFieldOptions: { nullable: false, description: 'Whether anything stands before the page.' },
    startCursorFieldOptions: { nullable: true, description: 'Cursor of the first edge; null on an empty page.' },
    endCursorFieldOptions: { nullable: true, description: 'Cursor of the last edge; null on an empty page.' },
    firstArgOptions: { description: 'How many, from the top.' },
    afterArgOptions: { description: 'Behind this cursor.' },
    lastArgOptions: { description: 'How many, from the bottom; needs `before`.' },
    beforeArgOptions: { description: 'Before this cursor.' },
    idFieldOptions: { description: "The API's own UUID, unwrapped." },
    pageInfoTypeOptions: { description: 'Where a page stands in its list, as the Relay specification shapes it.' },
    nodeTypeOptions: { description: 'Whatever can be read again by its id.' },
  },
});

builder.queryType({
  description: 'Reads. A field behind a call is nullable: its failure leaves its neighbours alone.',
});
builder.mutationType({
  description: 'What moves cash and securities. A result says what is known, and never guesses.',
});
builder.subscriptionType({ description: 'What happens, as it happens.' });
