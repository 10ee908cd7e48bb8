import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Session } from '../../auth/Session.ts';
import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';
import type { Client, OperationRequest } from '../../engine/operation/OperationRequest.ts';

import { requestIdOf } from '../connections/requestId.ts';
import { EventStreamBody } from '../live/EventStreamBody.ts';
import { eventStream } from './mediaTypes.ts';
import { memoize } from './memoize.ts';

/** The client of one request, with whom the engine speaks about the operation in it. */
export class HttpClient implements Client {
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #pingMs: number;
  #body: EventStreamBody | null = null;
  readonly takesPlace = true;

  /** @param pingMs interval of the comments that keep an idle event stream open */
  constructor(request: IncomingMessage, response: ServerResponse, pingMs: number) {
    this.#request = request;
    this.#response = response;
    this.#pingMs = pingMs;
  }

  get runningKey(): ServerResponse {
    return this.#response;
  }

  get isGone(): boolean {
    return this.#response.closed;
  }

  whenGone(listener: () => void): () => void {
    this.#response.once('close', listener);
    return () => this.#response.off('close', listener);
  }

  get mayWrite(): boolean {
    return this.#request.method !== 'GET';
  }

  /** Types in the order in which the client prefers them: `normalizeHead` has rewritten the header. */
  get accepts(): readonly string[] {
    return typesIn(this.#request.headers.accept ?? '');
  }

  get acceptsEvents(): boolean {
    return this.accepts.includes(eventStream);
  }

  /** The body of the response to a subscription, or to a client that wants an event stream in any case. */
  get body(): EventStreamBody {
    this.#body ??= new EventStreamBody(this.#pingMs);
    return this.#body;
  }

  sink(progress: SubscriptionProgress): EventStreamBody {
    this.body.progress = progress;
    return this.body;
  }

  /** @param parameters as they were sent */
  requestOf(parameters: unknown, session: Session): OperationRequest {
    const { traceparent, tracestate, 'last-event-id': lastEventId } = this.#request.headers;
    return {
      parameters,
      session,
      requestId: requestIdOf(this.#request),
      traceparent: asText(traceparent),
      tracestate: asText(tracestate),
      lastEventId: asText(lastEventId) || null,
      client: this,
    };
  }
}

const typesIn = memoize((accept): readonly string[] => accept.split(', '));

function asText(header: string | string[] | undefined): string | undefined {
  return typeof header === 'string' ? header : undefined;
}
