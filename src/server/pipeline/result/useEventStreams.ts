import type { ExecutionResult } from 'graphql';
import { getSSEProcessor, isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';

import type { OperationFacts } from '../../../context.ts';
import type { EventStreamBody } from '../../live/EventStreamBody.ts';
import type { EventStreams } from '../../live/EventStreams.ts';
import { LiveMessage } from '../../live/LiveMessage.ts';
import type { TransportContext } from '../../live/TransportContext.ts';

type Result = ExecutionResult | AsyncIterable<ExecutionResult>;

interface HttpExtension {
  status?: number;
  headers?: Record<string, string>;
}

/** Yoga decides who gets an event stream; its name is how the one that it would write is known. */
const { name: yogas } = getSSEProcessor();

/**
 * Writes event streams in the place of Yoga's own writer: that serialises each result for each subscriber, pings at its
 * own interval, and says nothing to proxies that would hold a quiet stream back.
 */
export function useEventStreams(streams: EventStreams): Plugin<OperationFacts & TransportContext> {
  return {
    onSubscribe: ({ args }) => {
      const { request, progress } = args.contextValue as OperationFacts & { request?: Request };
      if (request) streams.bodyOf(request).progress = progress;
    },
    onResultProcess: (hook) => {
      const { request } = hook;
      const { res } = hook.serverContext as TransportContext;
      if (hook.resultProcessor?.name !== yogas) return;
      hook.setResultProcessor((result, fetchAPI) => {
        const body = streams.bodyOf(request);
        // What fails here was masked before, or can't be written: the client is to come back.
        tell(result as Result, body).catch(() => res?.destroy());
        // The server adapter pipes a stream of Node's as it is; the types of fetch know none.
        return new fetchAPI.Response(body as unknown as BodyInit, responseInit(result as Result));
      }, 'text/event-stream');
    },
  };
}

async function tell(result: Result, body: EventStreamBody): Promise<void> {
  if (isAsyncIterable(result)) await tellAll(result, body);
  else body.deliver(new LiveMessage(result));
  body.complete();
}

async function tellAll(results: AsyncIterable<ExecutionResult>, body: EventStreamBody): Promise<void> {
  for await (const result of results) {
    body.deliver(new LiveMessage(result, body.progress?.cursor));
    const room = body.room();
    if (room) await (body.progress?.untilTaken(room, body.waitingBytes) ?? room);
    if (body.destroyed) return;
  }
}

/**
 * An event stream tells what is wrong with a request in a `next` event: answered with 400, browsers' EventSource would
 * drop the stream unread (graphql-sse's PROTOCOL.md, distinct connections mode). Other statuses speak to whoever is in
 * between as well.
 */
function responseInit(result: Result): ResponseInit {
  const errors = isAsyncIterable(result) ? [] : (result.errors ?? []);
  const https = errors.map(({ extensions }) => (extensions['http'] ?? {}) as HttpExtension);
  const statuses = https.map(({ status = 200 }) => (status === 400 ? 200 : status));
  return {
    status: Math.max(200, ...statuses),
    headers: {
      ...Object.fromEntries(https.flatMap(({ headers }) => Object.entries(headers ?? {}))),
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    },
  };
}
