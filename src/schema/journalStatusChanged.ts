import { journalStatusChanged } from '../resolvers/journalStatusChanged.ts';

import { builder } from './builder.ts';
import { JournalStatusEvent, JournalStatusEventFilter, statusEventSource } from './journalStatusEvent.ts';

builder.subscriptionField('journalStatusChanged', (t) =>
  t.field({
    type: JournalStatusEvent,
    description:
      'Delivers status changes as they happen. With `after`, past events after that cursor are delivered first, then ' +
      'live events, without a gap or a duplicate. If the subscription ends early, its error has the extensions `code` ' +
      'and `cursor`: subscribe again with `after` set to the cursor.',
    // The result depends only on the operation and on the rights of the caller. So subscribers with the same operation
    // and the same rights share one execution per event.
    extensions: { shared: true },
    args: {
      filter: t.arg({ type: JournalStatusEventFilter, description: 'Delivers the events that match this filter.' }),
      after: t.arg.string({
        description: 'The cursor of an event, or `journalStatusCursor`. Delivery starts after this cursor.',
      }),
    },
    subscribe: (_root, args, context) => journalStatusChanged(args, context),
    resolve: (positioned, _args, { refusedFields }) => {
      // One context serves all events, but each result must report only its own refused fields.
      refusedFields.clear();
      return statusEventSource(positioned, true);
    },
  }),
);
