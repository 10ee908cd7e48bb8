import { journalStatusChanged } from '../resolvers/journalStatusChanged.ts';

import { builder } from './builder.ts';
import { JournalStatusEvent, JournalStatusEventFilter, statusEventSource } from './journalStatusEvent.ts';

builder.subscriptionField('journalStatusChanged', (t) =>
  t.field({
    type: JournalStatusEvent,
    description:
      'Delivers status changes as they happen. With `after`, all events after that cursor are delivered first, without a ' +
      'gap or a duplicate before the live ones. If the subscription ends early, its error has the extensions `code` and ' +
      '`cursor`: subscribe again with `after` set to the cursor.',
    // The result depends only on the operation and the rights of the caller, so subscribers share one execution per event.
    extensions: { shared: true },
    args: {
      filter: t.arg({ type: JournalStatusEventFilter, description: 'The events to deliver.' }),
      after: t.arg.string({
        description: 'The cursor of an event, or `journalStatusCursor`. Delivery starts after it.',
      }),
    },
    subscribe: (_root, args, context) => journalStatusChanged(args, context),
    resolve: (positioned, _args, { refusedFields }) => {
      // One context serves all events, and each result reports its own refused fields.
      refusedFields.clear();
      return statusEventSource(positioned, true);
    },
  }),
);
