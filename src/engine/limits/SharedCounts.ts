import { z } from 'zod';

import type { Sharing } from '../../redis/Sharing.ts';

const topic = 'principals';
/** Minimum time between two messages, in ms. */
const pauseMs = 20;
/** A gateway with running operations publishes their numbers again after this time, in ms. */
const repeatMs = 1_000;

/**
 * Numbers of operations by principal: in `used` those started since the last message, in `running` those that run now.
 */
const message = z.object({ used: z.record(z.string(), z.number()), running: z.record(z.string(), z.number()) });

/**
 * Counts the operations of principals on other gateways. Each gateway publishes its own counts when they change, but at
 * most every 20 ms. No operation waits for Redis, so operations that arrive at several gateways within that time may
 * exceed a limit. While Redis is unavailable, each gateway counts alone.
 */
export class SharedCounts {
  readonly #sharing: Sharing;
  readonly #running: ReadonlyMap<string, number>;
  readonly #runningElsewhere = new Map<string, Map<string, number>>();
  #used = new Map<string, number>();
  #hasChanged = false;
  #timer: NodeJS.Timeout | null = null;
  #nextAt = 0;
  readonly #repeat: NodeJS.Timeout;

  /**
   * @param running operations that run here, by principal
   * @param noteUsed receives how many operations a principal has started elsewhere
   */
  constructor(
    sharing: Sharing,
    running: ReadonlyMap<string, number>,
    noteUsed: (principal: string, count: number) => void,
  ) {
    this.#sharing = sharing;
    this.#running = running;
    sharing.bus.receive(topic, (body, from) => {
      const { success, data } = message.safeParse(body);
      if (!success) return;
      this.#runningElsewhere.set(from, new Map(Object.entries(data.running)));
      for (const [principal, count] of Object.entries(data.used)) noteUsed(principal, count);
    });
    this.#repeat = setInterval(() => this.#tick(), repeatMs);
    this.#repeat.unref();
  }

  /** Operations of a principal that run on gateways that are alive. */
  runningElsewhere(principal: string): number {
    let count = 0;
    for (const running of this.#runningElsewhere.values()) count += running.get(principal) ?? 0;
    return count;
  }

  noteUsed(principal: string): void {
    this.#used.set(principal, (this.#used.get(principal) ?? 0) + 1);
    this.noteChange();
  }

  /** Publishes the counts of this gateway soon. */
  noteChange(): void {
    this.#hasChanged = true;
    this.#timer ??= setTimeout(() => this.#publish(), Math.max(0, this.#nextAt - performance.now()));
  }

  close(): void {
    clearInterval(this.#repeat);
    if (this.#timer) clearTimeout(this.#timer);
  }

  #tick(): void {
    const { peers, redis } = this.#sharing;
    for (const id of this.#runningElsewhere.keys()) {
      if (!redis.state.isReady || !peers.isAlive(id)) this.#runningElsewhere.delete(id);
    }
    if (this.#running.size > 0) this.noteChange();
  }

  #publish(): void {
    this.#timer = null;
    if (!this.#hasChanged) return;
    this.#hasChanged = false;
    this.#nextAt = performance.now() + pauseMs;
    const body = { used: Object.fromEntries(this.#used), running: Object.fromEntries(this.#running) };
    this.#used = new Map();
    this.#sharing.bus.publish(topic, body);
  }
}
