import type { GraphQLFormattedError } from 'graphql';

import { EventStream } from './EventStream.ts';
import { RawSocket } from './RawSocket.ts';

/** Every transport. A WebSocket sends its credential in `connection_init` or in the header of its upgrade. */
export const doors = ['HTTP', 'SSE', 'WebSocket', 'WebSocket header'] as const;
export type Door = (typeof doors)[number];

/** The outcome of one operation over any transport. */
export interface Outcome {
  data?: Record<string, unknown> | null;
  errors?: GraphQLFormattedError[];
  /** The status of the response, over HTTP and SSE only. */
  status?: number;
  headers?: Headers;
  /** Set if the socket was closed without a result. */
  closed?: { code: number; reason: string };
}

/** Runs an operation and returns its first result. */
export async function operate(
  door: Door,
  url: string,
  authorization: string | null,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<Outcome> {
  if (door === 'HTTP') return overHttp(url, authorization, query, variables);
  if (door === 'SSE') return overSse(url, authorization, query, variables);
  const socket = await enter(door, url, authorization);
  if (!(socket instanceof RawSocket)) return socket;
  socket.subscribe('1', query, variables);
  const message = await Promise.race([socket.next(), socket.closed]);
  socket.terminate();
  if ('code' in message) return { closed: message };
  return message.type === 'error'
    ? { errors: message.payload as GraphQLFormattedError[] }
    : (message.payload as Outcome);
}

/** Opens and authenticates a socket. Returns it, or how it was closed. */
export async function enter(
  door: 'WebSocket' | 'WebSocket header',
  url: string,
  authorization: string | null,
): Promise<RawSocket | Outcome> {
  const isHeader = door === 'WebSocket header' && authorization !== null;
  const socket = await RawSocket.open(url, undefined, isHeader ? { authorization } : {});
  const payload = authorization === null || isHeader ? undefined : { authorization };
  socket.send({ type: 'connection_init', payload });
  const message = await Promise.race([socket.next(), socket.closed]);
  return 'code' in message ? { closed: message } : socket;
}

export function bearer(credential: string): string {
  return `Bearer ${credential}`;
}

/** Opens an event stream of a subscription or any other operation. */
export function openStream(
  url: string,
  authorization: string | null,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<EventStream> {
  return EventStream.open(url, post('text/event-stream', authorization, query, variables));
}

async function overHttp(
  url: string,
  authorization: string | null,
  query: string,
  variables: Record<string, unknown>,
): Promise<Outcome> {
  const answer = await fetch(url, post('application/graphql-response+json', authorization, query, variables));
  return { ...((await answer.json()) as Outcome), status: answer.status, headers: answer.headers };
}

async function overSse(
  url: string,
  authorization: string | null,
  query: string,
  variables: Record<string, unknown>,
): Promise<Outcome> {
  const stream = await openStream(url, authorization, query, variables);
  const { status, headers } = stream.response;
  const event = await stream.next();
  stream.abort();
  return { ...(JSON.parse(event?.data ?? '{}') as Outcome), status, headers };
}

function post(
  accept: string,
  authorization: string | null,
  query: string,
  variables: Record<string, unknown>,
): RequestInit {
  const headers = { 'content-type': 'application/json', accept, ...(authorization === null ? {} : { authorization }) };
  return { method: 'POST', headers, body: JSON.stringify({ query, variables }) };
}
