/** What to tell the user about a failed request; a code of the gateway is shown beside its message. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'graphQLErrors' in error && Array.isArray(error.graphQLErrors)) {
    const [first] = error.graphQLErrors as { message: string; extensions?: { code?: string } }[];
    if (first) return first.extensions?.code ? `${first.message} (${first.extensions.code})` : first.message;
    return 'The gateway did not answer.';
  }
  return error instanceof Error ? error.message : String(error);
}
