import { setTimeout as wait } from 'node:timers/promises';

import { createRemoteJWKSet, customFetch } from 'jose';
import type { JWTVerifyGetKey } from 'jose';

import type { Log } from '../log.ts';

import { AuthenticationUnavailableError } from './unauthenticated.ts';

/** How long the issuer may take to tell its keys, in ms. */
const deadlineMs = 3_000;
/** Keys are asked for this long after they last came, in ms: one that the issuer has withdrawn is known no longer than that. */
const refreshMs = 300_000;
/** For how long keys serve on while the issuer can't be reached, in ms. */
const staleMs = 3_600_000;
/** Between two questions to the issuer, in ms, however many strangers bring tokens of keys that nobody knows. */
const pauseMs = 1_000;

/**
 * The keys of the tokens' issuer (RFC 7517), kept for all callers. jose fetches and chooses them; when is decided here:
 * known keys never wait for the issuer, and a token of a key that isn't known yet waits until the issuer was asked anew,
 * so that a rotation costs its first caller a moment and nobody an error.
 */
export class JwksKeys {
  readonly #url: string;
  readonly #log: Log;
  readonly #closing = new AbortController();
  readonly #remote;
  readonly #timer: NodeJS.Timeout;
  #asking: Promise<void> | null = null;
  #askedAt = -Infinity;
  #readAt = -Infinity;
  /** What the keys were when they last came, to tell a rotation. */
  #known = '';
  #version = 0;

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
    this.#remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: deadlineMs,
      cooldownDuration: Infinity,
      cacheMaxAge: Infinity,
      [customFetch]: (input, init) =>
        fetch(input, { ...init, signal: AbortSignal.any([init.signal, this.#closing.signal]) }),
    });
    this.#timer = setInterval(() => void this.#refresh(), refreshMs / 10);
    this.#timer.unref();
  }

  /** Changes with the keys: what was verified with other ones has to be verified again. */
  get version(): number {
    return this.#version;
  }

  /** The key for a token's header, among those known. @throws AuthenticationUnavailableError, or what jose throws */
  readonly keyOf: JWTVerifyGetKey = (header, token) => {
    if (performance.now() - this.#readAt > staleMs) throw new AuthenticationUnavailableError(unavailable);
    return this.#remote(header, token);
  };

  /**
   * Asks the issuer, once for all who want it at a time.
   *
   * @param since by `performance.now()`: an answer to a question from after that moment is new enough
   * @throws AuthenticationUnavailableError
   */
  async askAgain(since: number): Promise<void> {
    try {
      // A question that is under way may have been answered before the moment: then there is another one.
      while (this.#readAt <= since) await (this.#asking ??= this.#ask().finally(() => (this.#asking = null)));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new AuthenticationUnavailableError(unavailable, { cause: reason });
    }
  }

  /** Reads the keys for the first time. @throws Error saying why it can't */
  async start(): Promise<void> {
    await this.#ask();
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closing.abort();
  }

  async #refresh(): Promise<void> {
    const isDue = performance.now() - this.#readAt >= refreshMs;
    if (isDue) await this.askAgain(performance.now()).catch(() => undefined);
  }

  async #ask(): Promise<void> {
    const pause = this.#askedAt + pauseMs - performance.now();
    if (pause > 0) await wait(pause, undefined, { signal: this.#closing.signal });
    const askedAt = performance.now();
    this.#askedAt = askedAt;
    try {
      await this.#remote.reload();
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#log.warn({ url: this.#url, err: error }, 'keys of the token issuer can not be read');
      }
      throw error;
    }
    this.#readAt = askedAt;
    const known = JSON.stringify(this.#remote.jwks());
    if (known !== this.#known) this.#version += 1;
    this.#known = known;
  }
}

const unavailable = 'the keys of the token issuer can not be read now: try again';
