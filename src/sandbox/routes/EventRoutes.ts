import type { EventHub } from '../events/EventHub.ts';
import { readStreamRange } from '../events/StreamRange.ts';
import type { StreamEffect } from '../faults/Fault.ts';
import type { ApiRequest } from '../exchange/ApiRequest.ts';
import type { Exchange } from '../exchange/Exchange.ts';
import type { SandboxClock } from '../domain/SandboxClock.ts';
import type { Settings } from '../domain/SandboxOptions.ts';

export interface EventRoutesParts {
  hub: EventHub;
  clock: SandboxClock;
  settings: Settings;
}

/** `GET /v2/events/journals/status` and its elder `/v1/…`. */
export class EventRoutes {
  readonly #parts: EventRoutesParts;

  constructor(parts: EventRoutesParts) {
    this.#parts = parts;
  }

  /** Turns the exchange into a stream; its faults are drawn when it opens. @throws Refusal 400 for its parameters, 429 for one stream too many */
  open(exchange: Exchange, request: ApiRequest, effects: () => readonly StreamEffect[]): void {
    const { hub, clock, settings } = this.#parts;
    const version = request.operation === 'eventsV1' ? 'v1' : 'v2';
    const range = readStreamRange(request.query, version, settings.sinceIdInclusive);
    const { response, headers } = exchange;
    hub.open({ clock, settings, response, headers, version, range }, effects);
  }
}
