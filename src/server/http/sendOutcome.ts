import type { GraphQLError } from 'graphql';
import type { ServerResponse } from 'node:http';

import { isResults } from '../../engine/answers/Answer.ts';
import type { Answer, Results } from '../../engine/answers/Answer.ts';
import type { Log } from '../../log.ts';

import type { HttpClient } from './HttpClient.ts';
import { eventStream } from './mediaTypes.ts';
import { memoize } from './memoize.ts';

/** These headers keep proxies from storing, changing and buffering an event stream. */
const streamHeaders = {
  'content-type': eventStream,
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** The status and the headers of a response that the errors of its answer determine. */
export interface ResponseHead {
  status: number;
  headers: Record<string, string>;
}

interface HttpExtension {
  /** True for a status that GraphQL over HTTP defines for `application/graphql-response+json` only. */
  spec?: boolean;
  status?: number;
  headers?: Record<string, string>;
}

/**
 * @param isPlainJson whether the client gets `application/json`, with which errors in document and variables have 200
 */
export function responseHead(errors: readonly GraphQLError[], isPlainJson: boolean): ResponseHead {
  const head: ResponseHead = { status: 200, headers: {} };
  for (const { extensions } of errors) {
    const http: HttpExtension = extensions['http'] ?? {};
    const { spec = false, status = 200, headers } = http;
    Object.assign(head.headers, headers);
    if (!(spec && isPlainJson)) head.status = Math.max(head.status, status);
  }
  return head;
}

/** Whether the outcome is sent to the client as an event stream. */
export function isSentAsEventStream(client: HttpClient, outcome: unknown): boolean {
  return client.accepts[0] === eventStream || isResults(outcome);
}

/**
 * Returns the head of a response with an event stream. An invalid request gets status 200 and a `next` event, since an
 * EventSource does not read the body of a 400 (graphql-sse's PROTOCOL.md, distinct connections mode). All other
 * statuses are kept, so that proxies and load balancers see them.
 */
export function eventStreamHead(outcome: Answer | Results): ResponseHead {
  const errors = isResults(outcome) ? [] : outcome.errors;
  const { status, headers } = responseHead(errors, false);
  return { status: status === 400 ? 200 : status, headers: { ...headers, ...streamHeaders } };
}

export interface Reply {
  client: HttpClient;
  response: ServerResponse;
  /** The headers of every response, as alternating names and values. `sendOutcome` appends those of this response. */
  head: string[];
  log: Log;
}

const withCharset = memoize((type) => `${type}; charset=utf-8`);

/** Sends an answer with its head in one write, or starts an event stream. */
export function sendOutcome(outcome: Answer | Results, { client, response, head, log }: Reply): void {
  if (response.destroyed) return;
  if (isResults(outcome) || isSentAsEventStream(client, outcome)) {
    for (let at = 0; at + 1 < head.length; at += 2) response.setHeader(head[at] ?? '', head[at + 1] ?? '');
    const { status, headers } = eventStreamHead(outcome);
    response.writeHead(status, headers);
    client.body.pipe(response);
    response.once('close', () => client.body.destroy());
    void client.body.send(outcome, log);
    return;
  }
  const [accepted = ''] = client.accepts;
  const { text, errors } = outcome;
  const bytes = Buffer.byteLength(text);
  const { status, headers } = responseHead(errors, accepted === 'application/json');
  head.push('content-type', withCharset(accepted), 'content-length', String(bytes));
  for (const name in headers) head.push(name, headers[name] ?? '');
  response.writeHead(status, head);
  // Node copies text as Latin-1 several times faster than as UTF-8, and ASCII is the same in both.
  response.end(text, bytes === text.length ? 'latin1' : 'utf8');
}
