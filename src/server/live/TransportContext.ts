import type { IncomingMessage, ServerResponse } from 'node:http';

import type { GraphQLParams } from 'graphql-yoga';

import type { Session } from '../../auth/Session.ts';
import type { Deadline } from '../../concurrency/Deadline.ts';

import type { LiveSink } from './LiveSink.ts';

/** What a transport passes to the pipeline with an operation. */
export interface TransportContext {
  /** HTTP and SSE. */
  request?: Request;
  req?: IncomingMessage;
  res?: ServerResponse;
  params?: GraphQLParams;
  /** HTTP and SSE: set by the authentication. */
  session?: Session;
  /** WebSocket: the operation with its session, its signal and its connection. */
  socket?: LiveSink & { session: Session; requestId: string; signal: AbortSignal };
  /** Aborts the operation; set when its context is built. */
  deadline?: Deadline;
}

/** The session of an operation. Every transport authenticates before the pipeline reads an operation. */
export function sessionOf({ socket, session: httpSession }: TransportContext): Session {
  const session = socket?.session ?? httpSession;
  if (!session) throw new TypeError('the operation has not been authenticated');
  return session;
}

/** The key of an operation in `RunningOperations`: the response over HTTP, the operation itself on a WebSocket. */
export function runningKeyOf({ res, socket }: TransportContext): object | null {
  return res ?? socket ?? null;
}
