/** The shared log has changed unexpectedly: it has another writer, was replaced, or no longer has an entry. */
export class LogMovedError extends Error {
  override readonly name = 'LogMovedError';
}
