import type { Client } from '@urql/core';

import { createBatchJournal, createReverseBatchJournal } from '../../graphql/mutations.ts';
import type { BatchResult } from '../../graphql/mutations.ts';
import { given } from '../given.ts';
import { failureOf, failureOfError } from '../Outcome.ts';
import type { Outcome } from '../Outcome.ts';
import type { BatchEntry, Direction } from './BatchEntry.ts';

export interface Batch {
  /** The account that all entries share. */
  account: string;
  /** The currency of a reverse batch. In a batch, the entries have their own. */
  currency: string;
  entries: BatchEntry[];
}

export interface CreatedBatch {
  entries: readonly BatchEntry[];
  results: readonly BatchResult[];
  replayed: boolean | null;
}

type Send = (client: Client, batch: Batch, key: string) => Promise<Outcome<CreatedBatch>>;

export const sendBatch: Readonly<Record<Direction, Send>> = {
  batch: async (client, { account, entries }, key) => {
    const receivers = entries.map(({ account: toAccount, amount, ...optional }) => ({
      toAccount,
      amount,
      ...given(optional),
    }));
    const input = { fromAccount: account, entries: receivers };
    const { data, error } = await client.mutation(createBatchJournal, { input, key });
    const result = data?.result;
    if (!result) return failureOfError(error);
    if (result.__typename !== 'CreateBatchJournalSuccess') return failureOf(result);
    return { kind: 'done', success: { entries, results: result.results, replayed: result.replayed } };
  },
  reverse: async (client, { account, currency, entries }, key) => {
    const payers = entries.map(({ account: fromAccount, amount, description }) => ({
      fromAccount,
      amount,
      ...given({ description }),
    }));
    const input = { toAccount: account, entries: payers, ...given({ currency }) };
    const { data, error } = await client.mutation(createReverseBatchJournal, { input, key });
    const result = data?.result;
    if (!result) return failureOfError(error);
    if (result.__typename !== 'CreateReverseBatchJournalSuccess') return failureOf(result);
    return { kind: 'done', success: { entries, results: result.results, replayed: result.replayed } };
  },
};
