import type { LiveMessage } from './LiveMessage.ts';

/** One subscriber's end of the wire. */
export interface LiveSink {
  /** Puts a message behind those before it. It leaves with everything else of this tick, if the subscriber is still there. */
  deliver(message: LiveMessage): void;
  /** Null while there is room for more; else fulfilled when there may be, or when the client has gone. */
  room(): Promise<void> | null;
  /** Bytes that wait for the client to take them. */
  readonly waitingBytes: number;
}
