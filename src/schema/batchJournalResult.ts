import { redactUpstreamMessage } from '../auth/redactUpstreamMessage.ts';
import type { BatchJournalResult as Result, BatchSuccess } from '../resolvers/mutations/matchEntries.ts';

import { builder, pure } from './builder.ts';
import { idempotencyKeyDescription, replayedDescription } from './inputFields.ts';
import { Journal } from './journal.ts';

const BatchJournalResult = builder.objectRef<Result>('BatchJournalResult');

builder.objectType(BatchJournalResult, {
  description: 'The journal that was created for one entry of a batch.',
  fields: (t) => ({
    entryIndex: t.exposeInt('entryIndex', {
      nullable: true,
      description:
        'The index of the entry in the input, starting at 0. The API answers in any order, so entries are matched by ' +
        'account, amount, currency and description. Entries that are equal in all four are interchangeable. Null if the ' +
        'journal cannot be matched to an entry.',
    }),
    journal: t.expose('journal', { type: Journal, description: 'The journal of the entry.' }),
    errorMessage: t.string({
      nullable: true,
      description: 'The reason why this entry failed after the batch was accepted. Null if it did not fail.',
      extensions: pure,
      resolve: ({ errorMessage, journal }, _args, { principal }) =>
        errorMessage && redactUpstreamMessage(principal, errorMessage, [journal.id]),
    }),
  }),
});

/** The success type of a batch or a reverse batch. */
export function batchSuccess(name: string, description: string) {
  const ref = builder.objectRef<BatchSuccess>(name);
  builder.objectType(ref, {
    description,
    fields: (t) => ({
      results: t.expose('results', {
        type: [BatchJournalResult],
        description: 'One result per journal, in the order of the API.',
      }),
      idempotencyKey: t.exposeString('idempotencyKey', { description: idempotencyKeyDescription }),
      replayed: t.exposeBoolean('replayed', { nullable: true, description: replayedDescription }),
    }),
  });
  return ref;
}
