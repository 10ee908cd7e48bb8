import { GraphQLError } from 'graphql';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Authenticator } from '../../auth/Authenticator.ts';
import type { Limits } from '../../config/limits.ts';
import { Answer } from '../../engine/answers/Answer.ts';
import type { Results } from '../../engine/answers/Answer.ts';
import type { Engine } from '../../engine/Engine.ts';
import { publicError } from '../../engine/errors/publicError.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';
import type { Log } from '../../log.ts';

import type { ParseQueue } from '../limits/ParseQueue.ts';
import { asParameters, readRequestJson } from '../limits/readRequestJson.ts';
import { HttpClient } from './HttpClient.ts';
import { eventStream, isUtf8, parseMediaType } from './mediaTypes.ts';
import { memoize } from './memoize.ts';
import { readBody } from './readBody.ts';
import { sendOutcome } from './sendOutcome.ts';

export interface PostDoorOptions {
  engine: Engine;
  authenticator: Authenticator;
  limits: Limits;
  turns: ParseQueue;
  log: Log;
}

const requestTypes = ['application/json', 'application/graphql+json'];
const responseTypes = ['application/json', 'application/graphql-response+json', eventStream];

/** True for a request with JSON that accepts JSON or an event stream. `PostDoor` serves these requests without Yoga. */
export function isOrdinaryPost({ method, headers }: IncomingMessage): boolean {
  if (method !== 'POST' || headers['content-encoding'] !== undefined) return false;
  return isJson(headers['content-type'] ?? '') && isAnswered(headers.accept ?? '');
}

const isJson = memoize((contentType) => {
  const type = parseMediaType(contentType);
  return type !== null && requestTypes.includes(type.essence) && isUtf8(type.params.get('charset') ?? 'utf-8');
});

const isAnswered = memoize((accept) => responseTypes.some((type) => accept === type || accept.startsWith(`${type}, `)));

/** The door for ordinary POST requests, from Node's request to its response. */
export class PostDoor {
  readonly #options: PostDoorOptions;

  constructor(options: PostDoorOptions) {
    this.#options = options;
  }

  /** Never rejects. @param head the headers of every response, as a list of names and values in turn */
  async serve(request: IncomingMessage, response: ServerResponse, head: readonly string[]): Promise<void> {
    const { limits, log } = this.#options;
    const client = new HttpClient(request, response, limits.pingMs);
    const send = (outcome: Answer | Results) => sendOutcome(outcome, { client, response, head, log });
    try {
      const outcome = await this.#answer(request, client);
      if (outcome) send(outcome);
    } catch (error) {
      send(new Answer(null, [publicError(error, log)]));
    }
  }

  /** @returns null if the client disconnected before it had sent the whole request */
  async #answer(request: IncomingMessage, client: HttpClient): Promise<Answer | Results | null> {
    const { engine, authenticator, limits, turns } = this.#options;
    // Before the body is read.
    const session = await authenticator.authenticate(request.headers.authorization ?? null);
    const body = await readBody(request, limits.maxRequestBytes);
    if (!body) return null;
    const turn = turns.waitTurn(body.length);
    if (turn) await turn;
    return engine.run(client.requestOf(readParameters(body.toString('utf8'), limits.maxTokens), session));
  }
}

function readParameters(text: string, maxValues: number): unknown {
  try {
    return asParameters(readRequestJson(text, maxValues));
  } catch (error) {
    if (error instanceof GraphQLError || !(error instanceof Error)) throw error;
    const { name, message } = error;
    const extensions = { originalError: { name, message } };
    throw codedGraphQLError('BAD_REQUEST', 'POST body sent invalid JSON.', { extensions, http: { status: 400 } });
  }
}
