import type { EventHub } from '../streams/EventHub.ts';
import { readStreamRange } from '../streams/StreamRange.ts';
import type { StreamEffect } from '../faults/Fault.ts';
import type { ApiRequest } from '../api/ApiRequest.ts';
import type { Exchange } from '../exchange/Exchange.ts';
import type { SandboxClock } from '../values/SandboxClock.ts';
import type { Settings } from '../setup/SandboxOptions.ts';

export interface EventRoutesParts {
  hub: EventHub;
  clock: SandboxClock;
  settings: Settings;
}

/** `GET /v2/events/journals/status` and its older form under `/v1`. */
export class EventRoutes {
  readonly #parts: EventRoutesParts;

  constructor(parts: EventRoutesParts) {
    this.#parts = parts;
  }

  /**
   * Turns the exchange into a stream.
   *
   * @param drawEffects called only if the stream opens
   * @throws Refusal 400 for invalid parameters, 429 for too many streams
   */
  open(exchange: Exchange, request: ApiRequest, drawEffects: () => readonly StreamEffect[]): void {
    const { hub, clock, settings } = this.#parts;
    const version = request.operation === 'eventsV1' ? 'v1' : 'v2';
    const range = readStreamRange(request.query, version, settings.sinceIdInclusive);
    const { response, headers } = exchange;
    hub.open({ clock, settings, response, headers, version, range }, drawEffects);
  }
}
