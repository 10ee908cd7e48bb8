import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';

import type { Session } from '../../auth/Session.ts';
import { Answer, isResults } from '../../engine/answers/Answer.ts';
import type { Results } from '../../engine/answers/Answer.ts';

import type { DoorParts } from '../requests/DoorParts.ts';
import { HttpClient } from '../http/HttpClient.ts';
import type { HttpResponse } from '../http/HttpResponse.ts';
import { eventStream } from '../http/mediaTypes.ts';
import { eventStreamHead, isSentAsEventStream } from '../http/sendOutcome.ts';

/** What Yoga passes from hook to hook with a request. */
export interface YogaContext {
  req: IncomingMessage;
  res: HttpResponse;
  session?: Session;
  client?: HttpClient;
}

/**
 * Authenticates requests before their bodies are read, and lets the engine run their operations in place of Yoga. Also
 * writes event streams in place of Yoga, which serialises each result once per subscriber, has a ping interval of its
 * own and does not keep proxies from buffering a stream.
 */
export function useEngine({ engine, authenticator, limits, log }: DoorParts): Plugin<YogaContext> {
  return {
    onRequestParse: async ({ request, serverContext }) => {
      const session = await authenticator.authenticate(request.headers.get('authorization'));
      const { req, res } = serverContext as unknown as YogaContext;
      Object.assign(serverContext, { session, client: new HttpClient(req, res, limits.pingMs) });
    },
    onParams: ({ params, context, setParams, setParamsHandler }) => {
      const { session, client } = context as YogaContext;
      if (!session || !client) throw new TypeError('the request has not been authenticated');
      // The engine checks the parameters itself.
      setParams({ query: '' });
      setParamsHandler(async () => {
        const outcome = await engine.run(client.requestOf(params, session));
        return isResults(outcome)
          ? outcome
          : { errors: outcome.errors, answer: outcome, stringify: () => outcome.text };
      });
    },
    onResultProcess: (hook) => {
      const { result, serverContext } = hook;
      const { client } = serverContext as Partial<YogaContext>;
      if (!client || !isSentAsEventStream(client, result)) return;
      const outcome = outcomeOf(result);
      hook.setResultProcessor((_result, fetchAPI) => {
        void client.body.send(outcome, log);
        // The server adapter pipes a Node.js stream as it is, although the types of fetch don't allow one.
        return new fetchAPI.Response(client.body as unknown as BodyInit, eventStreamHead(outcome));
      }, eventStream);
    },
    // Yoga sends `connection: keep-alive` with multipart responses, but the server may be closing the connection.
    onResponse: ({ response }) => response.headers.delete('connection'),
  };
}

/** Errors of Yoga itself, such as one about the URL, come without an answer. */
function outcomeOf(result: unknown): Answer | Results {
  if (isResults(result)) return result;
  const { errors = [], answer } = result as { errors?: Answer['errors']; answer?: Answer };
  return answer ?? new Answer(null, errors);
}
