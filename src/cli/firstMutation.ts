import { customerAccountIds, sweepAccountId } from '../sandbox/setup/seed.ts';

/** Works as it stands against the sandbox: its accounts are seeded. */
export const firstMutation = `mutation {
  createJournal(
    input: {
      jnlc: {
        fromAccount: "${sweepAccountId}"
        toAccount: "${customerAccountIds[0]}"
        amount: "10.25"
      }
    }
    idempotencyKey: "first-journal"
  ) {
    __typename
    ... on CreateJournalSuccess {
      idempotencyKey
      journal { id status ... on JNLC { netAmount currency } }
    }
    ... on JournalError { message requestId }
  }
}
`;
