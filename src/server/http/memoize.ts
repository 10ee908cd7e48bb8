/** Longer texts are not remembered. */
const maxLength = 256;
/** Maximum number of remembered texts. Clients of a gateway send few different headers. */
const maxEntries = 256;

/**
 * Caches the results for short texts, since most requests have the same headers. The cache is cleared when it is full.
 */
export function memoize<Result>(compute: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const result = compute(text);
    if (known.size >= maxEntries) known.clear();
    if (text.length <= maxLength) known.set(text, result);
    return result;
  };
}
