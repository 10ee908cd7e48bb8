import type { IncomingMessage, ServerResponse } from 'node:http';

import type { GraphQLParams } from 'graphql-yoga';

/** What a transport brings to an operation. */
export interface TransportContext {
  /** HTTP and SSE. */
  request?: Request;
  req?: IncomingMessage;
  res?: ServerResponse;
  params?: GraphQLParams;
  /** WebSocket: what `connection_init` or the upgrade request carried, and the operation's own signal. */
  socket?: { authorization: string | null; signal: AbortSignal };
}
