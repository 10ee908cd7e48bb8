import { GraphQLError } from 'graphql';
import type { IncomingMessage } from 'node:http';

import { Answer } from '../../engine/answers/Answer.ts';
import { publicError } from '../../engine/errors/publicError.ts';
import { codedGraphQLError } from '../../errors/codedGraphQLError.ts';

import type { DoorParts } from '../requests/DoorParts.ts';
import { asParameters, readRequestJson } from '../requests/readRequestJson.ts';
import { HttpClient } from './HttpClient.ts';
import type { HttpResponse } from './HttpResponse.ts';
import { eventStream, isUtf8, parseMediaType } from './mediaTypes.ts';
import { memoize } from './memoize.ts';
import { readBody } from './readBody.ts';
import { sendOutcome } from './sendOutcome.ts';

const requestTypes = ['application/json', 'application/graphql+json'];
const responseTypes = ['application/json', 'application/graphql-response+json', eventStream];

/** True for a POST of JSON that accepts JSON or an event stream. `PostDoor` serves these requests without Yoga. */
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
  readonly #parts: DoorParts;

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** Never rejects. @param head the headers of every response, as alternating names and values */
  async serve(request: IncomingMessage, response: HttpResponse, head: string[]): Promise<void> {
    const { engine, authenticator, limits, parseQueue, log } = this.#parts;
    const client = new HttpClient(request, response, limits.pingMs);
    const reply = { client, response, head, log };
    try {
      // Authenticates before reading the body, and awaits only if necessary: a body that arrived with its head would
      // have to be buffered meanwhile.
      const known = authenticator.authenticate(request.headers.authorization ?? null);
      const session = known instanceof Promise ? await known : known;
      const body = await readBody(request, limits.maxRequestBytes);
      // The client disconnected before it had sent the whole request.
      if (!body) return;
      const turn = parseQueue.waitTurn(body.length);
      if (turn) await turn;
      const parameters = readParameters(body.toString('utf8'), limits.maxTokens);
      const outcome = engine.run(client.requestOf(parameters, session));
      sendOutcome(outcome instanceof Promise ? await outcome : outcome, reply);
    } catch (error) {
      sendOutcome(new Answer(null, [publicError(error, log)]), reply);
    }
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
