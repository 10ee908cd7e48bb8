import type { StatusStream } from '../../upstream/events/StatusEventsClient.ts';

export interface ReplayTimeouts {
  /** A replay without an event for this long has failed, in ms. */
  silenceMs: number;
  /** Once it has brought all expected events, a replay without a further one for this long is complete, in ms. */
  caughtUpMs: number;
}

/**
 * Closes a replay that brings no more events: as complete when it has caught up, otherwise as failed. Heartbeats don't
 * count: a stream whose `until` lies ahead of the API's clock sends them too.
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

  /** True when the replay was closed before it had caught up: events are missing. */
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
