import type { IncomingMessage, ServerResponse } from 'node:http';

import type { GraphQLParams } from 'graphql-yoga';

import type { Session } from '../auth/Session.ts';

import type { LiveSink } from './live/LiveSink.ts';

/** What a transport brings to an operation. */
export interface TransportContext {
  /** HTTP and SSE. */
  request?: Request;
  req?: IncomingMessage;
  res?: ServerResponse;
  params?: GraphQLParams;
  /** Who has sent the request. */
  session?: Session;
  /** WebSocket: who speaks on it, the operation's own signal, and its way out. */
  socket?: LiveSink & { session: Session; requestId: string; signal: AbortSignal };
}
