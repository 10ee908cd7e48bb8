import { lexicographicSortSchema, printSchema } from 'graphql';

import './scalars.ts';
import './node.ts';
import './account.ts';
import './journal.ts';
import './journalConnection.ts';
import './errors.ts';
import './createJournal.ts';
import './createBatchJournal.ts';
import './createReverseBatchJournal.ts';
import './deleteJournal.ts';
import './journalStatusEvent.ts';
import './journalStatusEvents.ts';
import './journalStatusChanged.ts';
import { builder } from './builder.ts';
import { wrapMutations } from './wrapMutations.ts';
import { withinDeadline } from './withinDeadline.ts';

/** The public contract, from code. */
export const schema = wrapMutations(withinDeadline(lexicographicSortSchema(builder.toSchema())));

/** The contract as text: what `schema.graphql` holds. */
export function printedSchema(): string {
  return `${printSchema(schema)}\n`;
}
