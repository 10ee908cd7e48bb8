import { ArraySet } from '../../concurrency/ArraySet.ts';

/** A call that has not ended yet. */
export interface PendingCall {
  /** By `performance.now()`. */
  startedAt: number;
  /** Whether the breaker has already counted this call as a failure. */
  isCountedAsFailed: boolean;
  /** The slot of the call in the list of pending calls. */
  slot: number;
}

export interface ResponseMonitorOptions {
  /** How long the host may send no response while calls are pending, in ms. */
  timeoutMs: number;
  /** How many calls must be pending before the host counts as silent. */
  minPending: number;
  /**
   * Called with the pending calls when the host does not respond, but not again before the returned promise has
   * settled.
   */
  onUnresponsive: (pending: readonly PendingCall[]) => Promise<void>;
}

/** How often to check, in ms. */
const checkEveryMs = 100;

/**
 * Detects a host that accepts requests or connections and sends nothing back, long before the first call reaches its
 * deadline. Slow responses do not count while other responses arrive.
 */
export class ResponseMonitor {
  readonly #options: ResponseMonitorOptions;
  readonly #pending = new ArraySet<PendingCall>();
  #respondedAt = -Infinity;
  #timer: NodeJS.Timeout | undefined;
  #isReporting = false;

  constructor(options: ResponseMonitorOptions) {
    this.#options = options;
  }

  start(): PendingCall {
    const call = { startedAt: performance.now(), isCountedAsFailed: false, slot: 0 };
    call.slot = this.#pending.add(call);
    this.#timer ??= setInterval(() => this.#check(), checkEveryMs).unref();
    return call;
  }

  end(call: PendingCall): void {
    this.#pending.remove(call.slot);
  }

  /** When the host last responded, by `performance.now()`. */
  get respondedAt(): number {
    return this.#respondedAt;
  }

  /** Must be called when the head of any response has arrived. */
  recordResponse(): void {
    this.#respondedAt = performance.now();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #check(): void {
    const { timeoutMs, minPending, onUnresponsive } = this.#options;
    // The timer keeps running during short pauses between calls.
    if (this.#pending.size === 0) this.close();
    if (this.#isReporting) return;
    const pending = this.#pending.list().filter(({ isCountedAsFailed }) => !isCountedAsFailed);
    if (pending.length < minPending) return;
    // There may be more calls than a function may have arguments.
    const oldestAt = pending.reduce((oldest, { startedAt }) => Math.min(oldest, startedAt), Infinity);
    if (performance.now() - Math.max(this.#respondedAt, oldestAt) < timeoutMs) return;
    this.#isReporting = true;
    void onUnresponsive(pending).finally(() => (this.#isReporting = false));
  }
}
