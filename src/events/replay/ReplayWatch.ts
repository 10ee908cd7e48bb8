import type { StatusStream } from '../../upstream/events/StatusEventsClient.ts';

/**
 * How long a replay may be silent, in ms. Longer than a second, since the replay's range may end a second in the
 * future.
 */
export const silenceMs = 5_000;

/**
 * Closes a replay that sends no more events. The replay is complete if it has caught up; otherwise it has failed.
 * Heartbeats don't count as events, since a stream whose `until` is in the future sends heartbeats until then.
 */
export class ReplayWatch {
  readonly #stream: StatusStream;
  readonly #caughtUpMs: number;
  #timer: NodeJS.Timeout | undefined;
  #hasFailed = false;

  /** @param caughtUpMs how long a replay that has caught up may have no further event before it counts as complete */
  constructor(stream: StatusStream, caughtUpMs: number) {
    this.#stream = stream;
    this.#caughtUpMs = caughtUpMs;
    this.restart(false);
  }

  /** True if the replay was closed before it had caught up, so that events are missing. */
  get hasFailed(): boolean {
    return this.#hasFailed;
  }

  /** Must be called after each event. @param isCaughtUp whether all expected events have arrived */
  restart(isCaughtUp: boolean): void {
    this.stop();
    const end = () => {
      this.#hasFailed = !isCaughtUp;
      this.#stream.close();
    };
    this.#timer = setTimeout(end, isCaughtUp ? this.#caughtUpMs : silenceMs);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
