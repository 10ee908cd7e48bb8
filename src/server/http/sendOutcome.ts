import type { ServerResponse } from 'node:http';

import { isResults } from '../../engine/answers/Answer.ts';
import type { Answer, Results } from '../../engine/answers/Answer.ts';
import type { Log } from '../../log.ts';

import { writeEvents } from '../live/writeEvents.ts';
import type { HttpClient } from './HttpClient.ts';
import { eventStream } from './mediaTypes.ts';
import { responseHead } from './responseHead.ts';
import type { ResponseHead } from './responseHead.ts';

/** These headers keep proxies from storing, changing and buffering an event stream. */
const streamHeaders = {
  'content-type': eventStream,
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** Whether the outcome is sent to the client as an event stream. */
export function isEventStreamWanted(client: HttpClient, outcome: unknown): boolean {
  return isResults(outcome) || client.accepts[0] === eventStream;
}

/**
 * The head of a response with an event stream. An invalid request gets status 200 and a `next` event, since an
 * EventSource does not read the body of a 400 (graphql-sse's PROTOCOL.md, distinct connections mode). Every other
 * status stays as it is, so that proxies and load balancers see it.
 */
export function eventStreamHead(outcome: Answer | Results): ResponseHead {
  const errors = isResults(outcome) ? [] : outcome.errors;
  const { status, headers } = responseHead(errors, false);
  return { status: status === 400 ? 200 : status, headers: { ...headers, ...streamHeaders } };
}

export interface Reply {
  client: HttpClient;
  response: ServerResponse;
  /** The headers of every response, as a list of names and values in turn. */
  head: readonly string[];
  log: Log;
}

/** Sends an answer with its head in one write, or starts an event stream. */
export function sendOutcome(outcome: Answer | Results, { client, response, head, log }: Reply): void {
  if (response.destroyed) return;
  if (isResults(outcome) || isEventStreamWanted(client, outcome)) {
    for (let at = 0; at + 1 < head.length; at += 2) response.setHeader(head[at] ?? '', head[at + 1] ?? '');
    const { status, headers } = eventStreamHead(outcome);
    response.writeHead(status, headers);
    client.body.pipe(response);
    response.once('close', () => client.body.destroy());
    void writeEvents(outcome, client.body, log);
    return;
  }
  const [accepted = ''] = client.accepts;
  const { status, headers } = responseHead(outcome.errors, accepted === 'application/json');
  const length = String(Buffer.byteLength(outcome.text));
  const all = head.concat('content-type', `${accepted}; charset=utf-8`, 'content-length', length);
  for (const name in headers) all.push(name, headers[name] ?? '');
  response.writeHead(status, all);
  response.end(outcome.text);
}
