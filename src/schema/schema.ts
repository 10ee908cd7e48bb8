import { printSchema } from 'graphql';

import './scalars.ts';
import './node.ts';
import './account.ts';
import './journal.ts';
import './awaitJournal.ts';
import './journalConnection.ts';
import './journalTotals.ts';
import './errors.ts';
import './createJournal.ts';
import './createBatchJournal.ts';
import './createReverseBatchJournal.ts';
import './deleteJournal.ts';
import './reverseJournal.ts';
import './journalStatusEvent.ts';
import './journalStatusEvents.ts';
import { builder } from './builder.ts';
import { wrapMutations } from './wrapMutations.ts';

/** The public schema, sorted by name. */
export const schema = wrapMutations(builder.toSchema());

/** The schema as SDL, as in `schema.graphql`. */
export function printedSchema(): string {
  return `${printSchema(schema)}\n`;
}
