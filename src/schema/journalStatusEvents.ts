import { assertAuthorized } from '../auth/authorize.ts';
import { journalStatusEvents } from '../resolvers/journalStatusEvents.ts';

import { builder } from './builder.ts';
import { pageCost } from './cost.ts';
import { JournalStatusEvent, JournalStatusEventFilter, statusEventSource } from './journalStatusEvent.ts';

const JournalStatusEventConnection = builder.connectionObject(
  {
    type: JournalStatusEvent,
    name: 'JournalStatusEventConnection',
    description: 'A page of past status events, oldest first.',
  },
  { name: 'JournalStatusEventEdge', description: 'A status event and its cursor.' },
);

builder.queryField('journalStatusEvents', (t) =>
  t.field({
    type: JournalStatusEventConnection,
    nullable: true,
    description:
      'Lists past status events from the Event API, oldest first. Requires `since` or `after`; with both, only the ' +
      'events that match both are returned.',
    args: {
      since: t.arg({
        type: 'DateTime',
        description: 'Returns the events at or after this time.',
      }),
      until: t.arg({ type: 'DateTime', description: 'Returns the events at or before this time. Defaults to now.' }),
      filter: t.arg({ type: JournalStatusEventFilter, description: 'Returns the events that match this filter.' }),
      first: t.arg.int({ description: 'The number of events to return, up to 500. Defaults to 50.' }),
      after: t.arg.string({ description: 'Returns the events after this cursor.' }),
    },
    complexity: pageCost,
    resolve: async (_root, args, context) => {
      const { edges, pageInfo } = await journalStatusEvents(args, context);
      return { edges: edges.map(({ cursor, node }) => ({ cursor, node: statusEventSource(node, false) })), pageInfo };
    },
  }),
);

builder.queryField('journalStatusCursor', (t) =>
  t.string({
    nullable: true,
    description:
      'The current cursor of the status event feed, taken before anything else is read for this operation. To miss no ' +
      'change after a list, query this cursor together with the list and subscribe after it. Null until the feed has ' +
      'started.',
    resolve: (_root, _args, { principal, statusMark }) => {
      assertAuthorized(principal, { kind: 'read' });
      return statusMark?.cursor;
    },
  }),
);
