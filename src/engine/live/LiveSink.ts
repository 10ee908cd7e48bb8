import type { LiveMessage } from './LiveMessage.ts';

/** The connection to one subscriber. */
export interface LiveSink {
  /** Queues a message; the messages of one tick are written together, unless the subscriber has gone. */
  deliver(message: LiveMessage): void;
  /** Null while there is room for more; otherwise fulfilled when there may be, or when the client has disconnected. */
  room(): Promise<void> | null;
  /** Bytes that the client has not received yet. */
  readonly waitingBytes: number;
}
