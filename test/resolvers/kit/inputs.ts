import { customer, richCustomers, sweep } from '../../kit/accounts.ts';

const amounts = ['10', '20'];

/** A valid input of each mutation that takes an idempotency key. */
export const inputs = {
  createJournal: { jnlc: { fromAccount: sweep, toAccount: customer, amount: '10' } },
  createBatchJournal: { fromAccount: sweep, entries: amounts.map((amount) => ({ toAccount: customer, amount })) },
  createReverseBatchJournal: {
    toAccount: sweep,
    entries: amounts.map((amount) => ({ fromAccount: richCustomers[0], amount })),
  },
} as const;

/** The mutations whose keys are sent to the API. */
export const keyed = ['createJournal', 'createBatchJournal'] as const;
export const all = [...keyed, 'createReverseBatchJournal'] as const;
