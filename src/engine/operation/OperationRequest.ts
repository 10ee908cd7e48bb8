import type { Session } from '../../auth/Session.ts';
import type { SubscriptionProgress } from '../../events/subscription/SubscriptionProgress.ts';

import type { RunningKey } from '../limits/RunningOperations.ts';
import type { LiveSink } from '../live/LiveSink.ts';

/** The connection to the client of one operation. */
export interface Client {
  /** Identifies the operation in `RunningOperations`: the response over HTTP, the operation itself on a WebSocket. */
  readonly runningKey: RunningKey;
  /** True once the client has disconnected or cancelled the operation. */
  readonly isGone: boolean;
  /** Calls a listener when the client disconnects. */
  whenGone(listener: () => void): void;
  /** Removes a listener of `whenGone`. */
  removeListener(listener: () => void): void;
  /** False for a GET, which may be repeated or prefetched: it must not execute mutations. */
  readonly mayWrite: boolean;
  /** Whether the client accepts an event stream; always true on a WebSocket. */
  readonly acceptsEvents: boolean;
  /**
   * Whether a subscription counts as an open socket of its own; false on a WebSocket, which is counted when it opens.
   */
  readonly takesPlace: boolean;
  /** Returns the sink for the results of a subscription. @param progress notes which events the client has received */
  sink(progress: SubscriptionProgress): LiveSink;
}

/** One operation as its client sent it, passed by a door to the engine. */
export interface OperationRequest {
  /** The body of a request or the payload of a message, as it was sent. */
  readonly parameters: unknown;
  readonly session: Session;
  readonly requestId: string;
  /** W3C trace context from the headers; undefined on a WebSocket, where the `extensions` of the operation have it. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** The cursor from the `Last-Event-ID` header of a client that reconnects; null without the header. */
  readonly lastEventId: string | null;
  readonly client: Client;
}
