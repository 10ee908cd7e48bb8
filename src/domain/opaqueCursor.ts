/** A cursor says nothing to clients; inside it is a JSON array whose first item names its kind and version. */
export function encodeCursor(items: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(items), 'utf8').toString('base64url');
}

/** The array inside; an empty one for what is no cursor at all. */
export function decodeCursor(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
