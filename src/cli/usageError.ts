/** The command was typed or configured wrongly: printed as it stands on stderr, with exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
