/** Reads decimal digits as a whole number from 0 to `most`. Returns null for anything else. */
export function parseWholeNumber(text: string, most = Number.MAX_SAFE_INTEGER): number | null {
  const number = /^\d+$/.test(text) ? Number(text) : NaN;
  return number <= most ? number : null;
}
