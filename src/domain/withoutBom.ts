/** Text without the byte order mark at its beginning, which says nothing of UTF-8 and is no JSON (RFC 8259, 8.1). */
export function withoutBom(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
