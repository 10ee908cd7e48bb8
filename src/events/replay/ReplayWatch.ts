import type { StatusStream } from '../../upstream/events/StatusEventsClient.ts';

export interface ReplayTimeouts {
  /** How long a replay may have no event before it counts as failed, in ms. */
  silenceMs: number;
  /** How long a replay with all expected events may have no further event before it counts as complete, in ms. */
  caughtUpMs: number;
}

/**
 * Closes a replay that has no more events. The replay is complete if it has caught up; otherwise it has failed.
 * Heartbeats don't count, since a stream whose `until` is ahead of the API's clock sends heartbeats, too.
 */
export class ReplayWatch {
  readonly #stream: StatusStream;
  readonly #timeouts: ReplayTimeouts;
  #timer: NodeJS.Timeout;
  #isCaughtUp = false;
  #hasTimedOut = false;

  constructor(stream: StatusStream, timeouts: ReplayTimeouts) {
    this.#stream = stream;
    this.#timeouts = timeouts;
    this.#timer = this.#arm();
  }

  /** True if the replay was closed before it had caught up, so that events are missing. */
  get hasTimedOut(): boolean {
    return this.#hasTimedOut;
  }

  /** Restarts the timeout after an event. @param isCaughtUp whether all expected events have arrived */
  noteEvent(isCaughtUp: boolean): void {
    this.#isCaughtUp ||= isCaughtUp;
    this.stop();
    this.#timer = this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): NodeJS.Timeout {
    const { silenceMs, caughtUpMs } = this.#timeouts;
    return setTimeout(
      () => {
        this.#hasTimedOut = !this.#isCaughtUp;
        this.#stream.close();
      },
      this.#isCaughtUp ? caughtUpMs : silenceMs,
    );
  }
}
