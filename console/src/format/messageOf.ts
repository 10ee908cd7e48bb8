/** Returns what to tell the user about a failed request: the message and, if there is one, the gateway's error code. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'graphQLErrors' in error && Array.isArray(error.graphQLErrors)) {
    const [first] = error.graphQLErrors as { message: string; extensions?: { code?: string } }[];
    if (first) return first.extensions?.code ? `${first.message} (${first.extensions.code})` : first.message;
    return 'The gateway did not respond.';
  }
  return error instanceof Error ? error.message : String(error);
}
