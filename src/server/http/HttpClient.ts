import type { IncomingMessage } from 'node:http';

import type { Session } from '../../auth/Session.ts';
import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';
import type { Client, OperationRequest } from '../../engine/operation/OperationRequest.ts';

import { requestIdOf } from '../requests/requestId.ts';
import { EventStreamBody } from '../live/EventStreamBody.ts';
import { eventStream } from './mediaTypes.ts';
import type { HttpResponse } from './HttpResponse.ts';
import { memoize } from './memoize.ts';

/** The client of one HTTP request, as the engine sees it. */
export class HttpClient implements Client {
  readonly #request: IncomingMessage;
  readonly #response: HttpResponse;
  readonly #pingMs: number;
  #body: EventStreamBody | null = null;
  readonly takesPlace = true;

  /** @param pingMs interval of the comments that keep an idle event stream open */
  constructor(request: IncomingMessage, response: HttpResponse, pingMs: number) {
    this.#request = request;
    this.#response = response;
    this.#pingMs = pingMs;
  }

  get runningKey(): HttpResponse {
    return this.#response;
  }

  get isGone(): boolean {
    return this.#response.closed;
  }

  whenGone(listener: () => void): void {
    this.#response.once('close', listener);
  }

  removeListener(listener: () => void): void {
    this.#response.off('close', listener);
  }

  get mayWrite(): boolean {
    return this.#request.method !== 'GET';
  }

  /** The accepted media types, the preferred one first: `normalizeHead` has sorted them in the header. */
  get accepts(): readonly string[] {
    return typesIn(this.#request.headers.accept ?? '');
  }

  get acceptsEvents(): boolean {
    return this.accepts.includes(eventStream);
  }

  /** The event stream of the response. Used for a subscription, and for any operation whose client prefers one. */
  get body(): EventStreamBody {
    this.#body ??= new EventStreamBody(this.#pingMs);
    return this.#body;
  }

  sink(progress: SubscriptionProgress): EventStreamBody {
    this.body.progress = progress;
    return this.body;
  }

  /** @param parameters the parameters as the client sent them */
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
