import type { Plugin } from 'graphql-yoga';

import { Answer, isResults } from '../../engine/answers/Answer.ts';
import type { Results } from '../../engine/answers/Answer.ts';
import type { Log } from '../../log.ts';

import { eventStream } from '../http/mediaTypes.ts';
import { eventStreamHead, isEventStreamWanted } from '../http/sendOutcome.ts';
import { writeEvents } from '../live/writeEvents.ts';
import type { YogaContext } from './useEngine.ts';

/**
 * Writes event streams instead of Yoga, which serialises each result once per subscriber, has a ping interval of its own
 * and does not keep proxies from buffering a stream.
 */
export function useEventStreams(log: Log): Plugin<YogaContext> {
  return {
    onResultProcess: (hook) => {
      const { result, serverContext } = hook;
      const { client } = serverContext as Partial<YogaContext>;
      if (!client || !isEventStreamWanted(client, result)) return;
      const outcome = outcomeOf(result);
      hook.setResultProcessor((_result, fetchAPI) => {
        void writeEvents(outcome, client.body, log);
        // The server adapter pipes a Node.js stream as it is, although the types of fetch don't allow one.
        return new fetchAPI.Response(client.body as unknown as BodyInit, eventStreamHead(outcome));
      }, eventStream);
    },
  };
}

/** Errors of Yoga itself, such as one about the URL, come without an answer. */
function outcomeOf(result: unknown): Answer | Results {
  if (isResults(result)) return result;
  const { errors = [], answer } = result as { errors?: Answer['errors']; answer?: Answer };
  return answer ?? new Answer(null, errors);
}
