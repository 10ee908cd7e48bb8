import type { GraphQLError } from 'graphql';
import type { IncomingMessage } from 'node:http';

import type { Session } from '../../auth/Session.ts';
import type { Engine } from '../../engine/Engine.ts';
import { isResults } from '../../engine/answers/Answer.ts';

import { HttpClient } from './HttpClient.ts';
import type { HttpResponse } from './HttpResponse.ts';

/** A query or mutation that an endpoint other than GraphQL runs for its client. */
export interface InnerOperation {
  query: string;
  variables: Record<string, unknown>;
  operationName?: string | undefined;
}

/** The request that an inner operation belongs to, already authenticated. */
export interface Caller {
  req: IncomingMessage;
  res: HttpResponse;
  session: Session;
  /** Aborted when the client has disconnected. */
  signal: AbortSignal;
}

export interface InnerAnswer {
  /** Absent if nothing was executed. */
  data?: unknown;
  /** Empty if there are none. */
  errors: readonly GraphQLError[];
  /** The whole answer as JSON, as a client may see it. */
  text: string;
}

/** Runs an operation in the steps that every operation passes. */
export type RunDocument = (operation: InnerOperation, caller: Caller) => Promise<InnerAnswer>;

/** The only place outside of the GraphQL doors that calls the engine. */
export function createRunDocument(engine: Engine, pingMs: number): RunDocument {
  return async (operation, { req, res, session }) => {
    const answer = await engine.run(new HttpClient(req, res, pingMs).requestOf(operation, session));
    if (isResults(answer)) throw new TypeError('an endpoint runs no subscriptions');
    const { data } = JSON.parse(answer.text) as { data?: unknown };
    return { data, errors: answer.errors, text: answer.text };
  };
}
