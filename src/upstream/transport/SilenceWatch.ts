/** A call that is not over yet. */
export interface Waiting {
  /** By `performance.now()`. */
  since: number;
  /** It has been said already that the host doesn't answer it. */
  isGivenUp: boolean;
}

export interface SilenceWatchOptions {
  /** How long nothing may be heard while calls wait, in ms. */
  patienceMs: number;
  /** How many have to wait. */
  minWaiting: number;
  /** Told of a silence, with the calls that wait in it; not again before it has found out what there is to it. */
  onSilence: (waiting: readonly Waiting[]) => Promise<void>;
}

/** How often to look, in ms. */
const everyMs = 100;

/**
 * Notices a host that takes what is sent, or not even that, and says nothing: no call fails there before its deadline,
 * which is far too late. One slow answer is no silence while others come.
 */
export class SilenceWatch {
  readonly #options: SilenceWatchOptions;
  readonly #waiting = new Set<Waiting>();
  #heardAt = -Infinity;
  #timer: NodeJS.Timeout | null = null;
  #isAsking = false;

  constructor(options: SilenceWatchOptions) {
    this.#options = options;
  }

  begin(): Waiting {
    const waiting = { since: performance.now(), isGivenUp: false };
    this.#waiting.add(waiting);
    this.#timer ??= setInterval(() => this.#look(), everyMs);
    return waiting;
  }

  end(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size === 0) this.close();
  }

  /** When it was last heard, by `performance.now()`. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** The host has begun to answer something. */
  heard(): void {
    this.#heardAt = performance.now();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  #look(): void {
    const { patienceMs, minWaiting, onSilence } = this.#options;
    if (this.#isAsking) return;
    const waiting = [...this.#waiting].filter(({ isGivenUp }) => !isGivenUp);
    const [oldest] = waiting;
    if (!oldest || waiting.length < minWaiting) return;
    if (performance.now() - Math.max(this.#heardAt, oldest.since) < patienceMs) return;
    this.#isAsking = true;
    void onSilence(waiting).finally(() => (this.#isAsking = false));
  }
}
