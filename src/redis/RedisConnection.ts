import { Redis } from 'ioredis';

import { Backoff } from '../concurrency/Backoff.ts';
import { waitFor } from '../concurrency/waitFor.ts';
import { messageOf } from '../errors/messageOf.ts';
import type { Log } from '../log.ts';

import type { RedisScript } from './RedisScript.ts';
import { RedisUnavailableError } from './RedisUnavailableError.ts';

export interface RedisOptions {
  /** A `redis:` or `rediss:` URL, with user and password if Redis requires them. */
  url: string;
  /** Prepended to all keys and to the names of channels. */
  keyPrefix: string;
  /**
   * How long a command may take, in ms. Default 500. A command that takes longer closes the connection, and further
   * commands fail immediately until the client has reconnected. On a connection for blocking reads, it must exceed the
   * time that a read blocks.
   */
  timeoutMs?: number;
  log: Log;
  /** If true, changes of availability are logged at debug, because the main connection logs them too. Default false. */
  isSecondary?: boolean;
}

/** For readiness and metrics. */
export interface RedisState {
  /** Whether commands are accepted now. */
  isReady: boolean;
  /** How long commands have not been accepted, in ms; null while they are accepted. */
  downMs: number | null;
  /** How often a connection became ready, not counting the first time. */
  reconnects: number;
  /** How many commands and scripts failed. */
  failures: number;
}

const reconnectPauses = { firstMs: 100, maxMs: 500 };
/**
 * How much longer than the timeout to wait for a response that may already be in the socket's buffer, in ms: after a
 * pause of the process, timers run before sockets are read.
 */
const graceMs = 5;

/**
 * A connection to Redis that never makes its callers wait for long: commands are not queued while the connection is
 * down, and are not sent again after a reconnect, since a lost command may have been executed. This module, and with it
 * ioredis, is loaded only if Redis is configured.
 */
export class RedisConnection {
  readonly #options: RedisOptions & { timeoutMs: number };
  readonly #client: Redis;
  readonly #firstAttempt: Promise<void>;
  readonly #readyListeners = new Set<() => void>();
  readonly #backoff = new Backoff(reconnectPauses);
  #downSince: number | null = performance.now();
  /** Why Redis has been unavailable since `#downSince`, each reason once. */
  readonly #reasons = new Set<string>();
  #timesReady = 0;
  #failures = 0;
  #isClosed = false;

  constructor(options: RedisOptions) {
    const { timeoutMs = 500 } = options;
    this.#options = { ...options, timeoutMs };
    this.#client = new Redis(options.url, {
      keyPrefix: options.keyPrefix,
      // Limits the commands that ioredis itself sends when it connects: `#inTime` does not apply to them.
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
    // Without a listener, ioredis would print connection errors. They are emitted before `close`.
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

  /**
   * The latest reason why Redis is unavailable, in the words of Redis or the network, which never contain the password.
   * Null while commands are accepted.
   */
  get reason(): string | null {
    return [...this.#reasons].at(-1) ?? null;
  }

  /** Waits until the first attempt to connect has succeeded or failed, by default no longer than a command may take. */
  async opened(timeoutMs = this.#options.timeoutMs): Promise<void> {
    await waitFor(this.#firstAttempt, { timeoutMs });
  }

  /** Calls the listener each time the connection becomes ready, and now if it is ready. The listener must not throw. */
  onReady(listener: () => void): void {
    this.#readyListeners.add(listener);
    if (this.state.isReady) listener();
  }

  /**
   * Passes the messages of a channel to `receive`. Messages that are published while the connection is down are lost. A
   * connection with a subscription can't execute commands.
   */
  subscribe(channel: string, receive: (text: string) => void): void {
    this.#client.on('message', (_channel, text) => receive(text));
    // If this fails because the connection has closed, the next reconnect subscribes again.
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

  /**
   * The server's run id, which changes with each restart; null if the server does not state it.
   *
   * @throws RedisUnavailableError
   */
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
   * Opens a second connection to the same Redis, for blocking reads and subscriptions. Closing the first connection
   * does not close it.
   *
   * @param timeoutMs must exceed the time that commands on the new connection block
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
    // When many commands time out together, only the first one closes the connection.
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
