import { assertAuthorized } from '../auth/authorize.ts';
import { journalStatusEvents } from '../resolvers/journalStatusEvents.ts';

import { builder } from './builder.ts';
import { pageCost } from './cost.ts';
import { JournalStatusEvent } from './journalStatusEvent.ts';
import { JournalStatusEventFilter } from './journalStatusEventFilter.ts';

const JournalStatusEventConnection = builder.connectionObject(
  {
    type: JournalStatusEvent,
    name: 'JournalStatusEventConnection',
    description: 'A page of past status changes, oldest first.',
  },
  { name: 'JournalStatusEventEdge', description: 'A status change and its place in the history.' },
);

builder.queryField('journalStatusEvents', (t) =>
  t.field({
    type: JournalStatusEventConnection,
    nullable: true,
    description:
      'Past status changes, oldest first, read from the Event API. `since` or `after` is required; with both, `after` ' +
      'wins and `since` is the lower bound. `first` defaults to 50, at most 500.',
    args: {
      since: t.arg({ type: 'DateTime', description: 'At this moment or later.' }),
      until: t.arg({ type: 'DateTime', description: 'At this moment or earlier; now when not given.' }),
      filter: t.arg({ type: JournalStatusEventFilter, description: 'Which events.' }),
      first: t.arg.int({ description: 'How many at most.' }),
      after: t.arg.string({ description: 'Behind this cursor.' }),
    },
    complexity: pageCost,
    resolve: async (_root, args, context) => {
      const { edges, pageInfo } = await journalStatusEvents(args, context);
      return {
        edges: edges.map(({ cursor, node }) => ({ cursor, node: { positioned: node, isLive: false } })),
        pageInfo,
      };
    },
  }),
);

builder.queryField('journalStatusCursor', (t) =>
  t.string({
    nullable: true,
    description:
      'Where the feed of status changes stands, taken before any other read of this operation: ask for it with a list, ' +
      'subscribe after it, and nothing falls between. Null while the feed has not begun.',
    resolve: (_root, _args, { principal, statusMark }) => {
      assertAuthorized(principal, { kind: 'read' });
      return statusMark?.cursor;
    },
  }),
);
