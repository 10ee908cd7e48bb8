import type { LiveMessage } from './LiveMessage.ts';

/** The connection to one subscriber. */
export interface LiveSink {
  /**
   * Queues a message, to be written together with the others of this tick. Does nothing once the client has
   * disconnected.
   */
  deliver(message: LiveMessage): void;
  /**
   * Null while there is room for more messages. Otherwise a promise, fulfilled when there may be room or the client has
   * disconnected.
   */
  room(): Promise<void> | null;
  /** Bytes that are buffered for the client, without the messages that are still queued. */
  readonly waitingBytes: number;
}
