/** The description of a code in docs/errors.md: a phrase in Markdown, without a full stop. */
interface CodeDescription {
  meaning: string;
  /** Names of the extensions beside `code` that an error of this code may carry. */
  extensions?: readonly string[];
}

/** Every code that `extensions.code` of an error can have. The table in docs/errors.md is generated from this one. */
export const errorCodes = {
  GRAPHQL_PARSE_FAILED: { meaning: 'the document has a syntax error' },
  GRAPHQL_VALIDATION_FAILED: { meaning: 'the document is not valid for the schema' },
  BAD_USER_INPUT: { meaning: 'an argument or a variable has an invalid value; the message says what was expected' },
  BAD_REQUEST: {
    meaning:
      'the HTTP request is not a GraphQL request, its JSON is nested deeper than 200 levels, or it is a form of more than 262,144 characters or 100 fields',
  },
  REQUEST_ENTITY_TOO_LARGE: {
    meaning:
      'the body is larger than `MAX_REQUEST_BYTES`, or a subscription has more than 131,072 characters; a WebSocket that sends a larger message is closed with 1009',
  },
  NOT_ACCEPTABLE: { meaning: 'the `Accept` header allows none of the media types that the response can have' },
  OPERATION_RESOLUTION_FAILURE: {
    meaning: 'the document has no operation of the given name, or several operations and no name was given',
  },
  PREFLIGHT_REQUIRED: {
    meaning:
      'a GET, a form or a text body came without the header `graphql-require-preflight`; any web page could have sent it',
  },
  TOKEN_LIMIT_EXCEEDED: {
    meaning:
      'the document has more than `MAX_TOKENS` tokens or lines, or the JSON has more values; a WebSocket that sends more values is closed with 4400',
    extensions: ['limit'],
  },
  DEPTH_LIMIT_EXCEEDED: { meaning: 'fields are nested deeper than `MAX_DEPTH`', extensions: ['depth', 'limit'] },
  FIELD_LIMIT_EXCEEDED: {
    meaning:
      'there are more than `MAX_FIELDS` fields and fragments, or the same ones are repeated too often ([how often](security.md#how-much-one-operation-may-ask))',
    extensions: ['field', 'limit'],
  },
  ALIAS_LIMIT_EXCEEDED: { meaning: 'there are more than `MAX_ALIASES` aliases', extensions: ['alias', 'limit'] },
  DIRECTIVE_LIMIT_EXCEEDED: {
    meaning: 'there are more than `MAX_DIRECTIVES` directives',
    extensions: ['directive', 'limit'],
  },
  COST_LIMIT_EXCEEDED: {
    meaning:
      'with its variables the operation may cost more than `MAX_COST` ([how cost is counted](security.md#what-an-operation-costs))',
    extensions: ['cost', 'limit'],
  },
  OPERATION_RATE_LIMITED: {
    meaning: 'the principal sends more operations than `MAX_OPERATIONS_PER_SECOND` allows; nothing was done',
    extensions: ['limit', 'retryAt'],
  },
  CONCURRENCY_LIMITED: {
    meaning: '`MAX_CONCURRENT_OPERATIONS` operations of the principal are running; nothing was done',
    extensions: ['limit'],
  },
  OVERLOADED: {
    meaning:
      'too many operations are running (`MAX_RUNNING_OPERATIONS`, or half of it for queries) or waiting for journals (`MAX_WAITING_OPERATIONS`); nothing was done, retry after the time in `Retry-After`',
  },
  DEADLINE_EXCEEDED: {
    meaning:
      'the operation took longer than `OPERATION_SECONDS`; its reads were aborted. A mutation that fails with this code has moved nothing',
  },
  ABANDONED: { meaning: 'the client has disconnected, so nobody receives this error' },
  PERSISTED_QUERY_NOT_FOUND: { meaning: 'the manifest has no document with this id' },
  PERSISTED_QUERY_NOT_SUPPORTED: { meaning: 'there is no manifest; send the text of the document' },
  PERSISTED_QUERY_ONLY: { meaning: 'only documents of the manifest are executed' },
  UNAUTHENTICATED: { meaning: 'the credential is missing or invalid ([authentication.md](authentication.md))' },
  AUTHENTICATION_UNAVAILABLE: { meaning: "the token issuer's keys cannot be loaded right now; retry" },
  TOKEN_EXPIRED: {
    meaning:
      'the credential of a subscription or of a wait for a journal has expired or was revoked; authenticate again and subscribe after `cursor`',
    extensions: ['cursor'],
  },
  FORBIDDEN: { meaning: 'the principal lacks the required scope, account or symbol' },
  CAP_EXCEEDED: {
    meaning:
      'a create would exceed a [cap](authentication.md#caps) of the principal; nothing was sent. The amounts are strings',
    extensions: ['cap', 'currency', 'limit', 'left'],
  },
  UPSTREAM_UNAVAILABLE: {
    meaning: 'the Journals API or the Event API did not respond',
    extensions: ['requestId', 'retryAt', 'cursor'],
  },
  RATE_LIMITED: {
    meaning: 'the API limits the rate of calls, or too many readers wait for a replay of events',
    extensions: ['requestId', 'retryAt', 'cursor'],
  },
  UPSTREAM_CREDENTIALS_REFUSED: {
    meaning: "the API rejects the gateway's own credentials, which the operator must correct",
    extensions: ['requestId'],
  },
  UPSTREAM_REFUSED: {
    meaning: 'the API responded to a read with a status that it does not document',
    extensions: ['requestId', 'upstreamCode'],
  },
  UPSTREAM_CONTRACT_BROKEN: {
    meaning: 'a response of the API cannot be read; the message names the field',
    extensions: ['requestId'],
  },
  OUTCOME_UNKNOWN: {
    meaning: 'like `OutcomeUnknownError`, for a field without a result union',
    extensions: ['requestId', 'retryAt'],
  },
  TOO_MANY_JOURNALS: { meaning: 'more journals of one day match than the API lists; narrow the filter' },
  TOO_MANY_GROUPS: {
    meaning: 'totals have more than 2,000 groups; group by fewer keys or narrow the filter',
    extensions: ['limit'],
  },
  SLOW_CONSUMER: { meaning: 'the subscriber reads too slowly; subscribe again after `cursor`', extensions: ['cursor'] },
  CURSOR_EXPIRED: {
    meaning: 'the API no longer has the event of this cursor; read the journals again',
    extensions: ['cursor'],
  },
  TOO_MANY_OPERATIONS: {
    meaning: '`MAX_OPERATIONS_PER_SOCKET` operations are running on this WebSocket; complete one first',
  },
  TOO_MANY_SOCKETS: {
    meaning:
      '`MAX_SOCKETS` WebSockets and event streams are open; retry later ([events.md](events.md#limits-of-a-connection))',
  },
  SHUTTING_DOWN: { meaning: 'the gateway is shutting down and starts nothing new; connect again' },
  INTERNAL: {
    meaning: 'a fault of the gateway; a line of its log has the same `correlationId`',
    extensions: ['correlationId'],
  },
} as const satisfies Record<string, CodeDescription>;

export type ErrorCode = keyof typeof errorCodes;
