import type { StatusStream } from '../../upstream/events/StatusEventsClient.ts';

export interface ReplayPatience {
  /** How long a replay may bring nothing before it counts as dead, in ms. */
  silenceMs: number;
  /** How long it may bring nothing once it has brought all that was known when it was asked for, in ms. */
  caughtUpMs: number;
}

/**
 * Ends a replay that brings no event any more: as finished when it has brought all that was known, else as dead.
 * Heartbeats don't count: a stream whose end lies in a future that never comes has them too.
 */
export class ReplayWatch {
  readonly #stream: StatusStream;
  readonly #patience: ReplayPatience;
  #timer: NodeJS.Timeout;
  #isCaughtUp = false;
  #isDead = false;

  constructor(stream: StatusStream, patience: ReplayPatience) {
    this.#stream = stream;
    this.#patience = patience;
    this.#timer = this.#arm();
  }

  /** True when the replay was ended for its silence: what it brought is not all. */
  get isDead(): boolean {
    return this.#isDead;
  }

  /** An event came; with it, perhaps, all that was known. */
  heard(isCaughtUp: boolean): void {
    this.#isCaughtUp ||= isCaughtUp;
    this.stop();
    this.#timer = this.#arm();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #arm(): NodeJS.Timeout {
    const { silenceMs, caughtUpMs } = this.#patience;
    return setTimeout(
      () => {
        this.#isDead = !this.#isCaughtUp;
        this.#stream.close();
      },
      this.#isCaughtUp ? caughtUpMs : silenceMs,
    );
  }
}
