/** The operations of the API, by the names that faults, statistics and the log use. */
export const operations = [
  'createJournal',
  'createBatch',
  'createReverseBatch',
  'listJournals',
  'getJournal',
  'deleteJournal',
  'listAccounts',
  'getAccount',
  'eventsV1',
  'eventsV2',
  'token',
] as const;

export type Operation = (typeof operations)[number];

export type Match =
  { operation: Operation; id: string } | { status: 404 } | { status: 405; allowed: readonly string[] };

const fixed = new Map<string, Partial<Record<string, Operation>>>([
  ['/v1/journals', { GET: 'listJournals', POST: 'createJournal' }],
  ['/v1/journals/batch', { POST: 'createBatch' }],
  ['/v1/journals/reverse_batch', { POST: 'createReverseBatch' }],
  ['/v1/accounts', { GET: 'listAccounts' }],
  ['/v1/events/journals/status', { GET: 'eventsV1' }],
  ['/v2/events/journals/status', { GET: 'eventsV2' }],
  ['/v1/oauth2/token', { POST: 'token' }],
]);

const byId: readonly [prefix: string, methods: Partial<Record<string, Operation>>][] = [
  ['/v1/journals/', { GET: 'getJournal', DELETE: 'deleteJournal' }],
  ['/v1/accounts/', { GET: 'getAccount' }],
];

/** Finds the operation for a method and path. A trailing slash is ignored. */
export function matchOperation(method: string, path: string): Match {
  const trimmed = path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
  const methods = fixed.get(trimmed);
  if (methods) return found(methods, method, '');
  for (const [prefix, idMethods] of byId) {
    if (trimmed.startsWith(prefix) && !trimmed.includes('/', prefix.length)) {
      return found(idMethods, method, trimmed.slice(prefix.length));
    }
  }
  return { status: 404 };
}

function found(methods: Partial<Record<string, Operation>>, method: string, id: string): Match {
  const operation = methods[method];
  return operation ? { operation, id } : { status: 405, allowed: Object.keys(methods) };
}
