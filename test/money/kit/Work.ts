import { richCustomers, sweep, customer } from '../../kit/accounts.ts';
import type { MutationName } from '../../kit/mutate.ts';

/** One mutation that a client wants to be executed, identified by the descriptions of its journals. */
export interface Work {
  name: MutationName;
  variables: Record<string, unknown>;
  /** The description of each journal that the mutation creates; empty for a delete. */
  descriptions: string[];
  /** The id of the journal to delete. */
  journalId?: string;
}

export type Kind = 'create' | 'batch' | 'reverseBatch';

/** Creates a number of mutations of one kind, each with its own key. */
export function makeWork(kind: Kind, count: number): Work[] {
  return Array.from({ length: count }, (_, index) => makers[kind](index, `${kind}-${index}`));
}

export function deletesOf(ids: readonly string[]): Work[] {
  return ids.map((id) => ({ name: 'deleteJournal', variables: { id }, descriptions: [], journalId: id }));
}

const makers: Record<Kind, (index: number, name: string) => Work> = {
  create: (_index, name) => ({
    name: 'createJournal',
    variables: {
      input: { jnlc: { fromAccount: sweep, toAccount: customer, amount: '0.01', description: name } },
      idempotencyKey: name,
    },
    descriptions: [name],
  }),
  batch: (index, name) => {
    const descriptions = entriesOf(index, name);
    const entries = descriptions.map((description) => ({ toAccount: customer, amount: '0.01', description }));
    return {
      name: 'createBatchJournal',
      variables: { input: { fromAccount: sweep, entries }, idempotencyKey: name },
      descriptions,
    };
  },
  reverseBatch: (index, name) => {
    const descriptions = entriesOf(index, name);
    const entries = descriptions.map((description, position) => ({
      fromAccount: richCustomers[position % richCustomers.length],
      amount: '0.01',
      description,
    }));
    return {
      name: 'createReverseBatchJournal',
      variables: { input: { toAccount: sweep, entries }, idempotencyKey: name },
      descriptions,
    };
  },
};

/** Returns the descriptions of two to four entries. */
function entriesOf(index: number, name: string): string[] {
  return Array.from({ length: 2 + (index % 3) }, (_, position) => `${name}-${position}`);
}
