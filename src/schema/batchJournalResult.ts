import { redactUpstreamMessage } from '../auth/redactUpstreamMessage.ts';
import type { BatchJournalResult as Result } from '../resolvers/mutations/matchEntries.ts';

import { builder } from './builder.ts';
import { replayedDescription } from './inputFields.ts';
import { Journal } from './journal.ts';

const BatchJournalResult = builder.objectRef<Result>('BatchJournalResult');

builder.objectType(BatchJournalResult, {
  description: "One entry's journal, and why it failed if it did.",
  fields: (t) => ({
    entryIndex: t.exposeInt('entryIndex', {
      nullable: true,
      description:
        'Which entry of the input, from 0: matched by account, amount by value and description, whatever order the API ' +
        'answers in. Entries that can not be told apart are interchangeable.',
    }),
    journal: t.expose('journal', { type: Journal, description: "The entry's journal." }),
    errorMessage: t.string({
      nullable: true,
      description: 'Why this entry failed after the batch was accepted; null when it did not.',
      resolve: ({ errorMessage, journal }, _args, { principal }) =>
        errorMessage && redactUpstreamMessage(principal, errorMessage, [journal.id]),
    }),
  }),
});

interface BatchSuccess {
  results: Result[];
  idempotencyKey: string;
  replayed: boolean | null;
}

/** The success of a batch or a reverse batch: they differ in who pays, not in what comes back. */
export function batchSuccess(name: string, description: string) {
  const ref = builder.objectRef<BatchSuccess>(name);
  builder.objectType(ref, {
    description,
    fields: (t) => ({
      results: t.expose('results', {
        type: [BatchJournalResult],
        description: 'One for each journal, as the API answered.',
      }),
      idempotencyKey: t.exposeString('idempotencyKey', { description: 'The key that was used, exactly.' }),
      replayed: t.exposeBoolean('replayed', { nullable: true, description: replayedDescription }),
    }),
  });
  return ref;
}
