import { customerAccountIds, sweepAccountId } from '../sandbox/setup/seed.ts';

/** Works with the sandbox, which is seeded with these accounts. */
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
