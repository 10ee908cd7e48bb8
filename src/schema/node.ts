import { journal, journalsByIds } from '../resolvers/journal.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';

const Node = builder.nodeInterfaceRef();

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'Looks up an object by its ID. Only journals are nodes. Null if there is no such object.',
    args: { id: t.arg.id({ required: true, description: 'The UUID of the object.' }) },
    complexity: callCost,
    resolve: (_root, { id }, context) => journal(id, context),
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description: 'Looks up objects by their IDs, in the given order. An item is null if there is no such object.',
    args: { ids: t.arg.idList({ required: true, description: 'The UUIDs of up to 100 objects.' }) },
    complexity: ({ ids }) => ({ field: callCost * ids.length, multiplier: ids.length }),
    resolve: (_root, { ids }, context) => journalsByIds(ids, context),
  }),
);
