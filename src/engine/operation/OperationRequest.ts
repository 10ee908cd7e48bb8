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
  /** Whether the client reads event streams. A WebSocket is always one. */
  readonly acceptsEvents: boolean;
  /** Whether a subscription takes one of the places for open sockets. A WebSocket has taken its place already. */
  readonly takesPlace: boolean;
  /** Where the results of a subscription go. @param progress how far its client has come */
  sink(progress: SubscriptionProgress): LiveSink;
}

/** What a door hands to the engine: one operation as its client sent it. */
export interface OperationRequest {
  /** The body of a request or the payload of a message, as it was sent. */
  readonly parameters: unknown;
  readonly session: Session;
  readonly requestId: string;
  /** W3C trace context from the headers. On a WebSocket it is in the `extensions` of the operation. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** The cursor from the `Last-Event-ID` header of a client that reconnects; null without one. */
  readonly lastEventId: string | null;
  readonly client: Client;
}
