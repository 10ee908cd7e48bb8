const pattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Returns the id in lower case, as the API writes it; null if it is not a UUID. Only ids that this function has
 * returned become part of a path or query of the API.
 */
export function asUuid(value: string): string | null {
  return pattern.test(value) ? value.toLowerCase() : null;
}

/** Returns all UUIDs in a text, in order. */
export function uuidsIn(text: string): string[] {
  const found = text.match(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi) ?? [];
  return found.map((id) => id.toLowerCase());
}
