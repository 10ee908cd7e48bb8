import { EventStreamBody } from './EventStreamBody.ts';

/** The bodies of event streams, by their requests: subscriptions deliver to them before there is an answer. */
export class EventStreams {
  readonly #pingMs: number;
  readonly #bodies = new WeakMap<Request, EventStreamBody>();

  constructor(pingMs: number) {
    this.#pingMs = pingMs;
  }

  bodyOf(request: Request): EventStreamBody {
    const body = this.#bodies.get(request) ?? new EventStreamBody(this.#pingMs);
    this.#bodies.set(request, body);
    return body;
  }
}
