import { setTimeout as wait } from 'node:timers/promises';

import { calculateJwkThumbprint, createLocalJWKSet, createRemoteJWKSet, customFetch } from 'jose';
import type { JWK, JWTVerifyGetKey } from 'jose';

import type { Log } from '../log.ts';

import { AuthenticationUnavailableError } from '../errors/authErrors.ts';
import { messageOf } from '../errors/messageOf.ts';

/** How long the issuer may take to tell its keys, in ms. */
const deadlineMs = 3_000;
/** What it tells may have so many bytes: no honest set of keys has more. */
const maxBytes = 1_048_576;
/** Keys are asked for this long after they last came, in ms: one that the issuer has withdrawn is known no longer than that. */
const refreshMs = 300_000;
/** For how long keys serve on while the issuer can't be reached, in ms. */
const staleMs = 3_600_000;
/** Between two questions to the issuer, in ms, however many strangers bring tokens of keys that nobody knows. */
const pauseMs = 1_000;

/** One key of the issuer, for as long as it tells it. */
export interface IssuerKey {
  /** Gives the key to a token that may be signed with it. @throws JWKSNoMatchingKey, or what says that it is no key */
  readonly keyOf: JWTVerifyGetKey;
  /** Aborted when the issuer has withdrawn it. */
  readonly withdrawn: AbortSignal;
}

/**
 * The keys of the tokens' issuer (RFC 7517), kept for all callers. jose fetches and reads them; when is decided here:
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
  #known: IssuerKey[] = [];
  /** By what the keys are, whatever else the issuer says of them and in whatever words. */
  #lives = new Map<string, AbortController>();

  constructor(url: string, log: Log) {
    this.#url = url;
    this.#log = log;
    this.#remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: deadlineMs,
      [customFetch]: async (input, init) =>
        bounded(await fetch(input, { ...init, signal: AbortSignal.any([init.signal, this.#closing.signal]) })),
    });
    this.#timer = setInterval(() => void this.#refresh(), refreshMs / 10);
    this.#timer.unref();
  }

  /** False when the issuer has not been reached for too long: nobody knows then what it has withdrawn. */
  get areFresh(): boolean {
    return performance.now() - this.#readAt <= staleMs;
  }

  /** Those that a token may be signed with. Which are too old are none. */
  get known(): readonly IssuerKey[] {
    return this.areFresh ? this.#known : [];
  }

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
      const reason = messageOf(error);
      throw new AuthenticationUnavailableError(unavailable, { cause: reason });
    }
  }

  /** Reads the keys for the first time. @throws Error saying why it can't */
  async start(): Promise<void> {
    await this.#read();
    if (this.#known.length === 0) throw new Error('it tells no key');
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
    try {
      await this.#read();
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#log.warn({ url: this.#url, err: error }, 'keys of the token issuer can not be read');
      }
      throw error;
    }
  }

  async #read(): Promise<void> {
    const askedAt = performance.now();
    this.#askedAt = askedAt;
    await this.#remote.reload();
    const keys = this.#remote.jwks()?.keys ?? [];
    this.#replace(await Promise.all(keys.map(async (jwk) => ({ jwk, name: await thumbprintOf(jwk) }))));
    this.#readAt = askedAt;
  }

  #replace(keys: readonly { jwk: JWK; name: string }[]): void {
    const before = this.#lives;
    this.#lives = new Map();
    this.#known = keys.map(({ jwk, name }) => {
      const life = before.get(name) ?? this.#lives.get(name) ?? new AbortController();
      this.#lives.set(name, life);
      return { keyOf: createLocalJWKSet({ keys: [jwk] }), withdrawn: life.signal };
    });
    for (const [name, life] of before) if (!this.#lives.has(name)) life.abort();
  }
}

const unavailable = 'the keys of the token issuer can not be read now: try again';

/** RFC 7638; what is no key has its own words for a name. */
async function thumbprintOf(jwk: JWK): Promise<string> {
  return calculateJwkThumbprint(jwk).catch(() => JSON.stringify(jwk));
}

/** The same answer, which fails where it gets too long. */
function bounded({ body, status }: Response): Response {
  let left = maxBytes;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      left -= chunk.byteLength;
      if (left < 0) controller.error(new Error(`the answer has more than ${maxBytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
  return new Response(body?.pipeThrough(limit) ?? null, { status });
}
