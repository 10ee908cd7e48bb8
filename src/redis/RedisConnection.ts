import { Redis } from 'ioredis';

import { Backoff } from '../concurrency/Backoff.ts';
import { waitFor } from '../concurrency/waitFor.ts';
import { messageOf } from '../errors/messageOf.ts';
import type { Log } from '../log.ts';

import type { RedisScript } from './RedisScript.ts';
import { RedisUnavailableError } from './RedisUnavailableError.ts';

export interface RedisOptions {
  /** `redis:` or `rediss:`, with user and password if Redis has ACLs. */
  url: string;
  /** Added to the keys of all commands and scripts, and to channels. */
  keyPrefix: string;
  /**
   * How long a command may take, in ms. Default 500. A command that takes longer closes the connection, and commands fail at
   * once until a new one is ready. For blocking reads it must be longer than the read blocks.
   */
  timeoutMs?: number;
  log: Log;
  /** Whether another connection to the same Redis reports why Redis is not available. Default false. */
  isSecondary?: boolean;
}

/** For readiness and metrics. */
export interface RedisState {
  /** Whether commands are accepted now. */
  isReady: boolean;
  /** Since when they are not, in ms; null while they are. */
  downMs: number | null;
  /** Connections that became ready after the first. */
  reconnects: number;
  /** Commands and scripts that failed. */
  failures: number;
}

const reconnectPauses = { firstMs: 100, maxMs: 500 };
/** How long a late answer may still be in a buffer, in ms: after a pause of the process, timers run before sockets are read. */
const graceMs = 5;

/**
 * A connection to Redis that never makes its callers wait for long: nothing is queued while it is down, and nothing is sent
 * again after a reconnect, since a lost command may have been executed. Loaded only if Redis is configured.
 */
export class RedisConnection {
  readonly #options: RedisOptions & { timeoutMs: number };
  readonly #client: Redis;
  readonly #firstAttempt: Promise<void>;
  readonly #readyListeners = new Set<() => void>();
  readonly #backoff = new Backoff(reconnectPauses);
  #downSince: number | null = performance.now();
  /** Why Redis has not been available since then, each reason once. */
  readonly #reasons = new Set<string>();
  #timesReady = 0;
  #failures = 0;
  #isClosed = false;

  constructor(options: RedisOptions) {
    const { timeoutMs = 500 } = options;
    this.#options = { ...options, timeoutMs };
    this.#client = new Redis(options.url, {
      keyPrefix: options.keyPrefix,
      // For the connection's own first commands, which have no other timeout.
      socketTimeout: 2 * timeoutMs,
      connectTimeout: Math.max(timeoutMs, 2_000),
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      maxLoadingRetryTime: 200,
      disableClientInfo: true,
      retryStrategy: () => this.#backoff.next(),
      lazyConnect: true,
    });
    this.#client.on('ready', () => this.#noteReady());
    this.#client.on('close', () => this.#noteDown());
    // Without a listener, errors of the connection would be printed. They come before it closes.
    this.#client.on('error', (error) => this.#noteReason(messageOf(error)));
    this.#firstAttempt = this.#client.connect().catch(() => undefined);
  }

  get state(): RedisState {
    return {
      isReady: this.#downSince === null,
      downMs: this.#downSince === null ? null : performance.now() - this.#downSince,
      reconnects: Math.max(0, this.#timesReady - 1),
      failures: this.#failures,
    };
  }

  /** What was wrong last, as Redis or the network says it: without the password. Null while commands are accepted. */
  get reason(): string | null {
    return [...this.#reasons].at(-1) ?? null;
  }

  /** Waits until the first attempt to connect has ended, by default no longer than a command may take. */
  async opened(timeoutMs = this.#options.timeoutMs): Promise<void> {
    await waitFor(this.#firstAttempt, { timeoutMs });
  }

  /** Calls a function now if commands are accepted, and after each reconnect. It must not throw. */
  onReady(listener: () => void): void {
    this.#readyListeners.add(listener);
    if (this.state.isReady) listener();
  }

  /**
   * Receives what is published to a channel, from when the connection is ready on; nothing published before. The connection
   * can then execute no commands.
   */
  subscribe(channel: string, receive: (text: string) => void): void {
    this.#client.on('message', (_channel, text) => receive(text));
    // A connection that breaks again subscribes after its next reconnect.
    this.onReady(() => {
      this.#client.subscribe(this.#channelOf(channel)).catch((error: unknown) => {
        this.#options.log.warn({ reason: messageOf(error) }, 'messages of other gateways are not received');
      });
    });
  }

  /** @throws RedisUnavailableError */
  async publish(channel: string, text: string): Promise<void> {
    await this.run((client) => client.publish(this.#channelOf(channel), text));
  }

  /** Executes commands. @throws RedisUnavailableError */
  async run<Answer>(command: (client: Redis) => Promise<Answer>): Promise<Answer> {
    try {
      return await this.#inTime(command(this.#client));
    } catch (cause) {
      this.#failures += 1;
      throw new RedisUnavailableError(messageOf(cause), { cause });
    }
  }

  /** The id of this start of the server; null if the server does not say it. @throws RedisUnavailableError */
  async runId(): Promise<string | null> {
    const info = await this.run((client) => client.info('server'));
    return /^run_id:(\w+)/m.exec(info)?.[1] ?? null;
  }

  /** Executes a script. @throws RedisUnavailableError */
  runScript(
    { sha, lua }: RedisScript,
    keys: readonly string[],
    values: readonly (string | number)[] = [],
  ): Promise<unknown> {
    return this.run((client) =>
      client.evalsha(sha, keys.length, ...keys, ...values).catch((error: unknown) => {
        if (!messageOf(error).startsWith('NOSCRIPT')) throw error;
        return client.eval(lua, keys.length, ...keys, ...values);
      }),
    );
  }

  /**
   * Another connection to the same Redis, for blocking reads and subscriptions. To be closed on its own.
   *
   * @param timeoutMs longer than its commands block
   */
  duplicate(timeoutMs = this.#options.timeoutMs): RedisConnection {
    return new RedisConnection({ ...this.#options, timeoutMs, isSecondary: true });
  }

  close(): void {
    this.#isClosed = true;
    this.#client.disconnect();
  }

  /** Unlike keys, channels get no prefix from the client. */
  #channelOf(name: string): string {
    return `${this.#options.keyPrefix}${name}`;
  }

  async #inTime<Answer>(answer: Promise<Answer>): Promise<Answer> {
    const { timeoutMs } = this.#options;
    if ((await waitFor(answer, { timeoutMs })) || (await waitFor(answer, { timeoutMs: graceMs }))) return answer;
    const reason = `redis did not answer within ${timeoutMs} ms`;
    // The first of many commands that are late together closes the connection.
    if (this.#downSince === null) {
      this.#noteReason(reason);
      this.#noteDown();
      this.#client.disconnect(true);
    }
    throw new Error(reason);
  }

  #noteReady(): void {
    this.#timesReady += 1;
    this.#downSince = null;
    this.#reasons.clear();
    this.#backoff.reset();
    if (this.#timesReady > 1)
      this.#options.log[this.#options.isSecondary ? 'debug' : 'info']('redis is available again');
    for (const listener of this.#readyListeners) listener();
  }

  #noteDown(): void {
    if (this.#isClosed || this.#downSince !== null) return;
    this.#downSince = performance.now();
    if (this.#reasons.size === 0) this.#noteReason('the connection was closed');
  }

  #noteReason(reason: string): void {
    if (this.#isClosed || this.#reasons.has(reason)) return;
    this.#reasons.add(reason);
    this.#options.log[this.#options.isSecondary ? 'debug' : 'warn']({ reason }, 'redis is not available');
  }
}
