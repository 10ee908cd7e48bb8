const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * The id in the API's own spelling (lower case), or null when it is no UUID.
 * Only what went through here becomes part of an upstream path or query.
 */
export function asUuid(value: string): string | null {
  return pattern.test(value) ? value.toLowerCase() : null;
}

/** Every UUID that a text names, in its order. */
export function uuidsIn(text: string): string[] {
  const found = text.match(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi) ?? [];
  return found.map((id) => id.toLowerCase());
}
