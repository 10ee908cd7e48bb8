import { builder } from './builder.ts';
import { JournalEntryType, JournalStatus } from './journal.ts';

export const JournalStatusEventFilter = builder.inputType('JournalStatusEventFilter', {
  description:
    'Which events. What is absent or null does not filter; an empty list matches nothing; lists of ids take at most 100.',
  fields: (t) => ({
    journalId: t.idList({ description: 'Of any of these journals.' }),
    accountId: t.idList({ description: 'Of journals that have any of these accounts on either side.' }),
    entryType: t.field({ type: JournalEntryType, description: 'Of journals of this type.' }),
    statusTo: t.field({ type: [JournalStatus], description: 'Into any of these statuses.' }),
  }),
});
