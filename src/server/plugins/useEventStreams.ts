import { isAsyncIterable } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import type { ExecutionResult } from 'graphql';

import type { OperationFacts } from '../../context.ts';
import type { SubscriptionProgress } from '../../events/SubscriptionProgress.ts';
import { eventStreamAnswer } from '../eventStreamAnswer.ts';

/** Writes subscriptions over server-sent events with cursors, which Yoga's own writer doesn't know. */
export function useEventStreams(pingMs: number): Plugin<OperationFacts> {
  const progresses = new WeakMap<Request, SubscriptionProgress>();
  return {
    onSubscribe: ({ args }) => {
      const { request, progress } = args.contextValue as OperationFacts & { request?: Request };
      if (request) progresses.set(request, progress);
    },
    onResultProcess: (hook) => {
      const progress = progresses.get(hook.request);
      if (!progress || !isAsyncIterable(hook.result)) return;
      hook.setResultProcessor(
        (results, fetchAPI) => eventStreamAnswer(results as AsyncIterable<ExecutionResult>, progress, pingMs, fetchAPI),
        'text/event-stream',
      );
    },
  };
}
