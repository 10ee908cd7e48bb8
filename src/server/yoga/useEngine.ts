import type { IncomingMessage } from 'node:http';
import type { Plugin } from 'graphql-yoga';

import type { Authenticator } from '../../auth/Authenticator.ts';
import type { Session } from '../../auth/Session.ts';
import { isResults } from '../../engine/answers/Answer.ts';
import type { Engine } from '../../engine/Engine.ts';

import { HttpClient } from '../http/HttpClient.ts';
import type { HttpResponse } from '../http/HttpResponse.ts';

/** What Yoga passes from hook to hook with a request. */
export interface YogaContext {
  req: IncomingMessage;
  res: HttpResponse;
  session?: Session;
  client?: HttpClient;
}

export interface UseEngineOptions {
  engine: Engine;
  authenticator: Authenticator;
  /** Interval of the comments that keep an idle event stream open. */
  pingMs: number;
}

/** Authenticates requests before their bodies are read, and lets the engine run their operations in place of Yoga. */
export function useEngine({ engine, authenticator, pingMs }: UseEngineOptions): Plugin<YogaContext> {
  return {
    onRequestParse: async ({ request, serverContext }) => {
      const session = await authenticator.authenticate(request.headers.get('authorization'));
      const { req, res } = serverContext as unknown as YogaContext;
      Object.assign(serverContext, { session, client: new HttpClient(req, res, pingMs) });
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
  };
}
