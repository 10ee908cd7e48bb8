/** A part to close: its name for error messages, such as `the outcome store`, and the function that closes it. */
export type Part = readonly [name: string, close: () => unknown];

/**
 * Closes the parts one after another, even if some of them fail. `AsyncDisposableStack` does not exist in Node 20 and
 * 22, and its errors are nested and do not name the part.
 *
 * @throws AggregateError with one error for each part that could not be closed
 */
export async function closeAll(parts: readonly Part[]): Promise<void> {
  const failures: Error[] = [];
  for (const [name, close] of parts) {
    try {
      await close();
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      failures.push(new Error(`${name} could not be closed: ${reason}`, { cause }));
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, failures.map(({ message }) => message).join('; '));
}
