import { z } from 'zod';

import { headerNames, origins, wholeNumber, wholeNumberOrNone } from './values.ts';

/** What clients may take up, ask for and cost, and for how long. */
export interface LimitsConfig {
  maxRequestBytes: number;
  requestTimeoutMs: number;
  keepAliveMs: number;
  maxConnections: number;
  maxSockets: number;
  maxOperations: number;
  initTimeoutMs: number;
  pingMs: number;
  stallTimeoutMs: number;
  maxTokens: number;
  maxDepth: number;
  maxFields: number;
  maxAliases: number;
  maxDirectives: number;
  maxCost: number;
  deadlineMs: number;
  maxRunning: number;
  /** Null for as many as come. */
  maxPerSecond: number | null;
  /** Null for as many as come. */
  maxConcurrent: number | null;
  /** Whose pages may ask from a browser, beside those of the gateway's own host. */
  corsOrigins: readonly string[];
  /** Request headers that they may set, beside those that the gateway knows. */
  corsHeaders: readonly string[];
}

export const limitsEnvironment = z.object({
  // A batch of 1,000 entries with the longest descriptions fits.
  MAX_REQUEST_BYTES: wholeNumber(4 * 1_048_576, 1_024, 64 * 1_048_576),
  REQUEST_SECONDS: wholeNumber(30, 1, 3_600),
  // Longer than most balancers keep an idle connection, so that they close it first.
  KEEP_ALIVE_SECONDS: wholeNumber(75, 1, 86_400),
  MAX_CONNECTIONS: wholeNumber(30_000, 1, 1_000_000),
  MAX_SOCKETS: wholeNumber(20_000, 1, 1_000_000),
  MAX_OPERATIONS_PER_SOCKET: wholeNumber(100, 1, 100_000),
  SOCKET_INIT_SECONDS: wholeNumber(3, 1, 60),
  // Half of what proxies commonly allow to be silent.
  PING_SECONDS: wholeNumber(12, 1, 3_600),
  STALL_SECONDS: wholeNumber(30, 1, 3_600),
  // A batch of 1,000 entries that are spelled out in the document fits.
  MAX_TOKENS: wholeNumber(20_000, 1, 1_000_000),
  // The standard introspection query is 15 deep.
  MAX_DEPTH: wholeNumber(20, 1, 100),
  MAX_FIELDS: wholeNumber(1_000, 1, 10_000),
  MAX_ALIASES: wholeNumber(50, 0, 10_000),
  MAX_DIRECTIVES: wholeNumber(50, 0, 10_000),
  // A page of 500 journals with all that a journal has, twice.
  MAX_COST: wholeNumber(100_000, 1, 100_000_000),
  OPERATION_SECONDS: wholeNumber(60, 1, 3_600),
  // The half that queries may take is twice the sockets to the API: beyond these they only wait for one another.
  MAX_RUNNING_OPERATIONS: wholeNumber(250, 2, 1_000_000),
  MAX_OPERATIONS_PER_SECOND: wholeNumberOrNone(1, 1_000_000),
  MAX_CONCURRENT_OPERATIONS: wholeNumberOrNone(1, 1_000_000),
  CORS_ORIGINS: origins,
  CORS_HEADERS: headerNames,
});

export function limitsOf(values: z.output<typeof limitsEnvironment>): LimitsConfig {
  return {
    maxRequestBytes: values.MAX_REQUEST_BYTES,
    requestTimeoutMs: values.REQUEST_SECONDS * 1_000,
    keepAliveMs: values.KEEP_ALIVE_SECONDS * 1_000,
    maxConnections: values.MAX_CONNECTIONS,
    maxSockets: values.MAX_SOCKETS,
    maxOperations: values.MAX_OPERATIONS_PER_SOCKET,
    initTimeoutMs: values.SOCKET_INIT_SECONDS * 1_000,
    pingMs: values.PING_SECONDS * 1_000,
    stallTimeoutMs: values.STALL_SECONDS * 1_000,
    maxTokens: values.MAX_TOKENS,
    maxDepth: values.MAX_DEPTH,
    maxFields: values.MAX_FIELDS,
    maxAliases: values.MAX_ALIASES,
    maxDirectives: values.MAX_DIRECTIVES,
    maxCost: values.MAX_COST,
    deadlineMs: values.OPERATION_SECONDS * 1_000,
    maxRunning: values.MAX_RUNNING_OPERATIONS,
    maxPerSecond: values.MAX_OPERATIONS_PER_SECOND,
    maxConcurrent: values.MAX_CONCURRENT_OPERATIONS,
    corsOrigins: values.CORS_ORIGINS,
    corsHeaders: values.CORS_HEADERS,
  };
}
