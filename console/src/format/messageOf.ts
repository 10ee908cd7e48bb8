/** What to tell the user about a failed request; a code of the gateway is shown beside its message. */
export function messageOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'graphQLErrors' in error && Array.isArray(error.graphQLErrors)) {
    const [first] = error.graphQLErrors as { message: string; extensions?: Record<string, unknown> }[];
    if (first) return `${first.message} (${String(first.extensions?.['code'] ?? 'no code')})`;
    return 'The gateway did not answer.';
  }
  return error instanceof Error ? error.message : String(error);
}
