import { headerNames, origins, seconds, wholeNumber } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf } from './Variable.ts';

/** Bounds on what clients may send, hold open and cost. The same bounds hold on every transport. */
export const limitVariables = {
  // A batch of 1,000 entries with the longest descriptions fits.
  maxRequestBytes: variable(
    'MAX_REQUEST_BYTES',
    wholeNumber(1_024, 64 * 1_048_576),
    'largest HTTP body or WebSocket message, in bytes',
    String(4 * 1_048_576),
  ),
  requestTimeoutMs: variable(
    'REQUEST_SECONDS',
    seconds(1, 3_600),
    'time in which a client must send a whole request; then it is answered with 408',
    '30',
  ),
  // Longer than most balancers keep an idle connection, so that they close it first.
  keepAliveMs: variable(
    'KEEP_ALIVE_SECONDS',
    seconds(1, 86_400),
    'how long an idle connection is kept open after a response, on both ports; keep it [longer than a balancer does](#behind-a-balancer)',
    '75',
  ),
  maxConnections: variable(
    'MAX_CONNECTIONS',
    wholeNumber(1, 1_000_000),
    'most TCP connections; further ones are closed without an answer',
    '30000',
  ),
  maxSockets: variable(
    'MAX_SOCKETS',
    wholeNumber(1, 1_000_000),
    'most WebSockets and event streams open in the process; each one is a file descriptor',
    '20000',
  ),
  maxOperations: variable(
    'MAX_OPERATIONS_PER_SOCKET',
    wholeNumber(1, 100_000),
    'most running operations of one WebSocket',
    '100',
  ),
  initTimeoutMs: variable(
    'SOCKET_INIT_SECONDS',
    seconds(1, 60),
    'time in which a new WebSocket must send `connection_init`',
    '3',
  ),
  // Half of the shortest idle time-out that is common in proxies.
  pingMs: variable(
    'PING_SECONDS',
    seconds(1, 3_600),
    'interval of heartbeats on idle WebSockets and event streams',
    '12',
  ),
  stallTimeoutMs: variable(
    'STALL_SECONDS',
    seconds(1, 3_600),
    'time after which a client that reads nothing of what is waiting for it is disconnected',
    '30',
  ),
  // A batch of 1,000 entries written into the document fits.
  maxTokens: variable(
    'MAX_TOKENS',
    wholeNumber(1, 1_000_000),
    'most tokens of a document, and most values of its variables ([security.md](security.md#how-much-one-operation-may-ask))',
    '20000',
  ),
  // The standard introspection query is 15 levels deep.
  maxDepth: variable('MAX_DEPTH', wholeNumber(1, 100), 'most levels of fields in an operation', '20'),
  maxFields: variable('MAX_FIELDS', wholeNumber(1, 10_000), 'most fields and fragments of a document', '1000'),
  maxAliases: variable('MAX_ALIASES', wholeNumber(0, 10_000), 'most aliases of a document', '50'),
  maxDirectives: variable('MAX_DIRECTIVES', wholeNumber(0, 10_000), 'most directives of a document', '50'),
  // Two pages of 500 journals with every field of a journal fit.
  maxCost: variable(
    'MAX_COST',
    wholeNumber(1, 100_000_000),
    'highest cost of an operation with its variables',
    '100000',
  ),
  deadlineMs: variable(
    'OPERATION_SECONDS',
    seconds(1, 3_600),
    'time that a query or mutation may take; then its reads are aborted and no further call is made',
    '60',
  ),
  // Queries may take half of these, which is twice the number of sockets to the API: more would only wait for each
  // other.
  maxRunning: variable(
    'MAX_RUNNING_OPERATIONS',
    wholeNumber(2, 1_000_000),
    'most queries and mutations running at once; queries are refused above half of it, all operations above it',
    '250',
  ),
  maxWaiting: variable(
    'MAX_WAITING_OPERATIONS',
    wholeNumber(1, 1_000_000),
    'most operations that only wait for a journal, which do not count as running; one principal may have half of them',
    '25000',
  ),
  maxPerSecond: variable(
    'MAX_OPERATIONS_PER_SECOND',
    wholeNumber(1, 1_000_000),
    'most operations of one principal per second; unlimited when not set',
  ),
  maxConcurrent: variable(
    'MAX_CONCURRENT_OPERATIONS',
    wholeNumber(1, 1_000_000),
    'most running queries and mutations of one principal; unlimited when not set',
  ),
  corsOrigins: variable(
    'CORS_ORIGINS',
    origins,
    'origins whose pages may send requests and open WebSockets, separated by commas; app schemes such as `capacitor://localhost` are allowed. Pages of the gateway itself always may',
    '',
  ),
  corsHeaders: variable(
    'CORS_HEADERS',
    headerNames,
    'request headers that these pages may set in addition to those that the gateway reads, separated by commas',
    '',
  ),
} as const;

export type Limits = ConfigOf<typeof limitVariables>;
