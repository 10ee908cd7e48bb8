import { headerNames, origins, seconds, wholeNumber } from './valueSchemas.ts';
import { variable } from './Variable.ts';
import type { ConfigOf } from './Variable.ts';

/** Bounds on what clients may send, hold open and cost. The same bounds hold on every transport. */
export const limitVariables = {
  // A batch of 1,000 entries with the longest descriptions fits.
  maxRequestBytes: variable(
    'MAX_REQUEST_BYTES',
    wholeNumber(1_024, 64 * 1_048_576),
    'maximum size of an HTTP body or a WebSocket message, in bytes',
    String(4 * 1_048_576),
  ),
  requestTimeoutMs: variable(
    'REQUEST_SECONDS',
    seconds(1, 3_600),
    'time in which a client must send a complete request; a slower request is answered with 408',
    '30',
  ),
  // Longer than most balancers keep an idle connection, so that they close it first.
  keepAliveMs: variable(
    'KEEP_ALIVE_SECONDS',
    seconds(1, 86_400),
    'how long an idle connection is kept open after a response, on both ports; must be longer than the idle timeout of [the load balancer](#behind-a-load-balancer)',
    '75',
  ),
  maxConnections: variable(
    'MAX_CONNECTIONS',
    wholeNumber(1, 1_000_000),
    'maximum number of TCP connections; further ones are closed without a response',
    '30000',
  ),
  maxSockets: variable(
    'MAX_SOCKETS',
    wholeNumber(1, 1_000_000),
    'maximum number of open WebSockets and event streams in the process; each one uses a file descriptor',
    '20000',
  ),
  maxOperations: variable(
    'MAX_OPERATIONS_PER_SOCKET',
    wholeNumber(1, 100_000),
    'maximum number of running operations on one WebSocket',
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
    'time after which a client is disconnected if it has read none of the data that waits for it',
    '30',
  ),
  // A batch of 1,000 entries written into the document fits.
  maxTokens: variable(
    'MAX_TOKENS',
    wholeNumber(1, 1_000_000),
    'maximum number of tokens in a document, and of values in its variables ([security.md](security.md#how-much-one-operation-may-ask))',
    '20000',
  ),
  // The standard introspection query is 15 levels deep.
  maxDepth: variable('MAX_DEPTH', wholeNumber(1, 100), 'maximum depth of nested fields in an operation', '20'),
  maxFields: variable(
    'MAX_FIELDS',
    wholeNumber(1, 10_000),
    'maximum number of fields and fragments in a document',
    '1000',
  ),
  maxAliases: variable('MAX_ALIASES', wholeNumber(0, 10_000), 'maximum number of aliases in a document', '50'),
  maxDirectives: variable('MAX_DIRECTIVES', wholeNumber(0, 10_000), 'maximum number of directives in a document', '50'),
  // Two pages of 500 journals with every field of a journal fit.
  maxCost: variable(
    'MAX_COST',
    wholeNumber(1, 100_000_000),
    'maximum [cost](security.md#what-an-operation-costs) of an operation with its variables',
    '100000',
  ),
  deadlineMs: variable(
    'OPERATION_SECONDS',
    seconds(1, 3_600),
    'maximum time for a query or mutation; when it is over, the reads of the operation are aborted and no further call is made',
    '60',
  ),
  // Queries may take half of these, which is twice the number of sockets to the API: more would only wait for each
  // other.
  maxRunning: variable(
    'MAX_RUNNING_OPERATIONS',
    wholeNumber(2, 1_000_000),
    'maximum number of running queries and mutations; at half of it further queries are refused, at the maximum all further operations',
    '250',
  ),
  maxWaiting: variable(
    'MAX_WAITING_OPERATIONS',
    wholeNumber(1, 1_000_000),
    'maximum number of operations that [wait for a journal](status.md#waiting), which do not count as running; one principal may have half of them',
    '25000',
  ),
  maxPerSecond: variable(
    'MAX_OPERATIONS_PER_SECOND',
    wholeNumber(1, 1_000_000),
    'maximum number of operations of one principal per second; unlimited if not set',
  ),
  maxConcurrent: variable(
    'MAX_CONCURRENT_OPERATIONS',
    wholeNumber(1, 1_000_000),
    'maximum number of running queries and mutations of one principal; unlimited if not set',
  ),
  corsOrigins: variable(
    'CORS_ORIGINS',
    origins,
    'origins whose pages may send requests and open WebSockets, separated by commas; app schemes such as `capacitor://localhost` are allowed. Pages of the gateway itself need not be listed',
    '',
  ),
  corsHeaders: variable(
    'CORS_HEADERS',
    headerNames,
    'request headers that pages of `CORS_ORIGINS` may set in addition to those that the gateway reads, separated by commas',
    '',
  ),
} as const;

export type Limits = ConfigOf<typeof limitVariables>;
