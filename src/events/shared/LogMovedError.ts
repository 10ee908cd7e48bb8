/** The shared log is not what this gateway believed: it has another writer, was replaced, or no longer has an entry. */
export class LogMovedError extends Error {
  override readonly name = 'LogMovedError';
}
