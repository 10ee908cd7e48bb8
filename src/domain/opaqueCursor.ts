/** Encodes a cursor, which is opaque to clients: a JSON array whose first item is its kind and version. */
export function encodeCursor(items: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(items), 'utf8').toString('base64url');
}

/** Decodes a cursor. The array is empty if the text is not a cursor. */
export function decodeCursor(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}
