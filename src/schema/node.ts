import { journal, journalsByIds } from '../resolvers/journal.ts';

import { builder } from './builder.ts';
import { callCost } from './cost.ts';

const Node = builder.nodeInterfaceRef();

builder.queryField('node', (t) =>
  t.field({
    type: Node,
    nullable: true,
    description: 'Whatever has that id: at present journals only. Null when nothing has.',
    args: { id: t.arg.id({ required: true, description: "The API's own UUID, unwrapped." }) },
    complexity: callCost,
    resolve: (_root, { id }, context) => journal(id, context),
  }),
);

builder.queryField('nodes', (t) =>
  t.field({
    type: [Node],
    nullable: { list: false, items: true },
    description: 'What has those ids, in their order, null where nothing has. At most 100 ids.',
    args: { ids: t.arg.idList({ required: true, description: "The API's own UUIDs, unwrapped." }) },
    complexity: ({ ids }) => ({ field: callCost * ids.length, multiplier: ids.length }),
    resolve: (_root, { ids }, context) => journalsByIds(ids, context),
  }),
);
