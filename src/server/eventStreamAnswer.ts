import type { ExecutionResult } from 'graphql';
import type { FetchAPI } from 'graphql-yoga';

import type { SubscriptionProgress } from '../events/SubscriptionProgress.ts';

import { withoutHttp } from './withoutHttp.ts';

const headers = {
  'content-type': 'text/event-stream',
  connection: 'keep-alive',
  'cache-control': 'no-cache',
  'content-encoding': 'none',
};

/**
 * A subscription's results as server-sent events, each with its cursor as `id:`. While none come, a comment keeps the
 * connection open, or an `id:` alone tells a client where it stands.
 */
export function eventStreamAnswer(
  results: AsyncIterable<ExecutionResult>,
  progress: SubscriptionProgress | undefined,
  pingMs: number,
  { ReadableStream, Response }: FetchAPI,
): Response {
  const encoder = new TextEncoder();
  const iterator = results[Symbol.asyncIterator]();
  let pinging: NodeJS.Timeout | undefined;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      // At once: some browsers take no answer for one before its first byte.
      send(':\n\n');
      pinging = setInterval(() => {
        if (controller.desiredSize === null) clearInterval(pinging);
        // What a client has not taken yet must come before where it stands.
        else if (controller.desiredSize > 0) send(pingOf(progress));
      }, pingMs);
    },
    async pull(controller) {
      try {
        const result = await iterator.next();
        if (!result.done) controller.enqueue(encoder.encode(messageOf(result.value, progress?.cursor)));
        if (!result.done) return;
        clearInterval(pinging);
        controller.enqueue(encoder.encode('event: complete\ndata:\n\n'));
        controller.close();
      } catch (error) {
        clearInterval(pinging);
        controller.error(error);
      }
    },
    async cancel() {
      clearInterval(pinging);
      await iterator.return?.();
    },
  });
  return new Response(body, { status: 200, headers });
}

function messageOf(result: ExecutionResult, cursor: string | null | undefined): string {
  const id = cursor == null ? '' : `id: ${cursor}\n`;
  return `${id}event: next\ndata: ${JSON.stringify(withoutHttp(result))}\n\n`;
}

function pingOf(progress: SubscriptionProgress | undefined): string {
  const place = progress?.news ?? null;
  if (place === null) return ':\n\n';
  progress?.tell(place);
  return `id: ${place}\n\n`;
}
