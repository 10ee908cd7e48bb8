import { journalStatusChanged } from '../resolvers/journalStatusChanged.ts';

import { builder } from './builder.ts';
import { JournalStatusEvent } from './journalStatusEvent.ts';
import { JournalStatusEventFilter } from './journalStatusEventFilter.ts';

builder.subscriptionField('journalStatusChanged', (t) =>
  t.field({
    type: JournalStatusEvent,
    description:
      'Status changes as they happen. With `after`, first every event behind that cursor, then live, with no gap and no ' +
      'duplicate between the two. What ends it early says so with `extensions: { code, cursor }`: subscribe again after the cursor.',
    // What an event shows depends on nothing but the operation and the rights of who asks.
    extensions: { shared: true },
    args: {
      filter: t.arg({ type: JournalStatusEventFilter, description: 'Which events.' }),
      after: t.arg.string({ description: 'A cursor of an event, or `journalStatusCursor`.' }),
    },
    subscribe: (_root, args, context) => journalStatusChanged(args, context),
    resolve: (positioned, _args, { refusedFields }) => {
      // The context outlives the event: what is refused is told in each result.
      refusedFields.clear();
      return { positioned, isLive: true };
    },
  }),
);
