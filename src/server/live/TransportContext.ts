import type { IncomingMessage, ServerResponse } from 'node:http';

import type { GraphQLParams } from 'graphql-yoga';

import type { Session } from '../../auth/Session.ts';
import type { Deadline } from '../../concurrency/Deadline.ts';

import type { LiveSink } from './LiveSink.ts';

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
  /** Aborts the operation; set when its context is built. */
  deadline?: Deadline;
}

/** Who asks. Every transport has found out before an operation is read. */
export function sessionOf({ socket, session: asking }: TransportContext): Session {
  const session = socket?.session ?? asking;
  if (!session) throw new TypeError('every transport authenticates before it comes here');
  return session;
}

/** What runs until its answer has left: a request's answer, or an operation of a socket. */
export function runningKeyOf({ res, socket }: TransportContext): object | null {
  return res ?? socket ?? null;
}
