
      export interface PossibleTypesResultData {
        possibleTypes: {
          [key: string]: string[]
        }
      }
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "CreateBatchJournalResult": [
      "AccountNotFoundError",
      "CreateBatchJournalSuccess",
      "IdempotencyConflictError",
      "InsufficientBalanceError",
      "InvalidRequestError",
      "OtherRefusalError",
      "OutcomeUnknownError",
      "RateLimitedError",
      "UpstreamUnavailableError"
    ],
    "CreateJournalResult": [
      "AccountNotFoundError",
      "CreateJournalSuccess",
      "IdempotencyConflictError",
      "InsufficientAssetsError",
      "InsufficientBalanceError",
      "InvalidRequestError",
      "OtherRefusalError",
      "OutcomeUnknownError",
      "RateLimitedError",
      "UpstreamUnavailableError"
    ],
    "CreateReverseBatchJournalResult": [
      "AccountNotFoundError",
      "CreateReverseBatchJournalSuccess",
      "IdempotencyConflictError",
      "InsufficientBalanceError",
      "InvalidRequestError",
      "OtherRefusalError",
      "OutcomeUnknownError",
      "RateLimitedError",
      "UpstreamUnavailableError"
    ],
    "DeleteJournalResult": [
      "DeleteJournalSuccess",
      "DeleteOutcomeUnknownError",
      "InvalidRequestError",
      "JournalNotDeletableError",
      "JournalNotFoundError",
      "OtherRefusalError",
      "RateLimitedError",
      "UpstreamUnavailableError"
    ],
    "Journal": [
      "JNLC",
      "JNLS",
      "OtherJournal"
    ],
    "JournalError": [
      "AccountNotFoundError",
      "DeleteOutcomeUnknownError",
      "IdempotencyConflictError",
      "InsufficientAssetsError",
      "InsufficientBalanceError",
      "InvalidRequestError",
      "JournalNotDeletableError",
      "JournalNotFoundError",
      "JournalNotReversableError",
      "OtherRefusalError",
      "OutcomeUnknownError",
      "RateLimitedError",
      "UpstreamUnavailableError"
    ],
    "Node": [
      "JNLC",
      "JNLS",
      "OtherJournal"
    ],
    "ReverseJournalResult": [
      "AccountNotFoundError",
      "IdempotencyConflictError",
      "InsufficientBalanceError",
      "InvalidRequestError",
      "JournalNotFoundError",
      "JournalNotReversableError",
      "OtherRefusalError",
      "OutcomeUnknownError",
      "RateLimitedError",
      "ReverseJournalSuccess",
      "UpstreamUnavailableError"
    ]
  }
};
      export default result;
    