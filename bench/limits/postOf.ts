/** A complete HTTP request. */
export function postOf(body: string, headers: readonly string[] = []): string {
  return [
    'POST /graphql HTTP/1.1',
    'host: bench',
    'content-type: application/json',
    ...headers,
    `content-length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
}
