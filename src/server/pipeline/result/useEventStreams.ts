import type { ExecutionResult } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import type { OperationFacts } from '../../../context.ts';
import type { EventStreamBody, EventStreams } from '../../live/EventStreamBody.ts';
import { LiveMessage } from '../../live/LiveMessage.ts';
import type { TransportContext } from '../../live/TransportContext.ts';
import { eventStream } from '../request/mediaTypes.ts';

type Result = ExecutionResult | AsyncIterable<ExecutionResult>;

interface HttpExtension {
  status?: number;
  headers?: Record<string, string>;
}

/**
 * Writes event streams instead of Yoga, which serialises each result once per subscriber, has a ping interval of its own
 * and does not keep proxies from buffering a stream.
 */
export function useEventStreams(streams: EventStreams): Plugin<OperationFacts & TransportContext> {
  return {
    onSubscribe: ({ args }) => {
      const { request, progress } = args.contextValue as OperationFacts & { request?: Request };
      if (request) streams.bodyOf(request).progress = progress;
    },
    onResultProcess: (hook) => {
      const { request, result, serverContext } = hook;
      if (!isEventStreamWanted(request, result as Result)) return;
      const { res } = serverContext as TransportContext;
      hook.setResultProcessor((processed, fetchAPI) => {
        const body = streams.bodyOf(request);
        // Errors were masked before. One that is thrown here cuts the stream, so that the client reconnects.
        write(processed as Result, body).catch(() => res?.destroy());
        // The server adapter pipes a Node.js stream as it is, although the types of fetch don't allow one.
        return new fetchAPI.Response(body as unknown as BodyInit, responseInit(processed as Result));
      }, eventStream);
    },
  };
}

/** `normalizeAccept` has reduced the header to the type for a single result, and `text/event-stream` if it is allowed. */
function isEventStreamWanted({ headers }: Request, result: Result): boolean {
  const accepted = headers.get('accept')?.split(', ') ?? [];
  return isAsyncIterable(result) ? accepted.includes(eventStream) : accepted[0] === eventStream;
}

async function write(result: Result, body: EventStreamBody): Promise<void> {
  if (isAsyncIterable(result)) await writeAll(result, body);
  else body.deliver(new LiveMessage(result));
  body.complete();
}

async function writeAll(results: AsyncIterable<ExecutionResult>, body: EventStreamBody): Promise<void> {
  for await (const result of results) {
    body.deliver(new LiveMessage(result, body.progress?.cursor));
    const room = body.room();
    if (room) await (body.progress?.untilTaken(room, body.waitingBytes) ?? room);
    if (body.destroyed) return;
  }
}

/**
 * An invalid request is answered with 200 and a `next` event: an EventSource does not read the body of a 400
 * (graphql-sse's PROTOCOL.md, distinct connections mode). Other statuses are kept for proxies and balancers.
 */
function responseInit(result: Result): ResponseInit {
  const errors = isAsyncIterable(result) ? [] : (result.errors ?? []);
  const https = errors.map(({ extensions }) => (extensions['http'] ?? {}) as HttpExtension);
  const statuses = https.map(({ status = 200 }) => (status === 400 ? 200 : status));
  return {
    status: Math.max(200, ...statuses),
    headers: {
      ...Object.fromEntries(https.flatMap(({ headers }) => Object.entries(headers ?? {}))),
      'content-type': eventStream,
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  };
}
