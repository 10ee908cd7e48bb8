import { setTimeout as wait } from 'node:timers/promises';

import { calculateJwkThumbprint, createLocalJWKSet, createRemoteJWKSet, customFetch } from 'jose';
import type { JWK, JWTVerifyGetKey } from 'jose';

import { AuthenticationUnavailableError } from '../errors/authErrors.ts';
import { messageOf } from '../errors/messageOf.ts';
import type { Log } from '../log.ts';

/** Maximum size of a key set, in bytes. */
const maxBytes = 1_048_576;
/** Age at which the keys are requested again, in ms. A withdrawn key is not accepted for longer than this. */
const refreshMs = 300_000;
/** How long keys stay valid while the issuer is unavailable, in ms. */
const staleMs = 3_600_000;

/** Timing of the requests for keys. */
export interface JwksTiming {
  /** Timeout of a request, in ms. Default 3 s. */
  timeoutMs?: number;
  /** Minimum time between requests, in ms, however many tokens with unknown keys arrive. Default 1 s. */
  pauseMs?: number;
}

/** A key of the issuer, while it is published. */
export interface IssuerKey {
  /** Returns the key for a token that it may have signed. @throws JWKSNoMatchingKey | an error about an unusable key */
  readonly keyOf: JWTVerifyGetKey;
  /** Aborted when the issuer withdraws the key. */
  readonly withdrawn: AbortSignal;
}

/**
 * The keys of the token issuer (RFC 7517), shared by all callers. jose fetches and parses them; this class decides
 * when. Tokens of known keys never wait for the issuer. A token of an unknown key waits for one request, so that after
 * a key rotation the first caller waits and none gets an error.
 */
export class JwksKeys {
  readonly #url: string;
  readonly #log: Log;
  readonly #pauseMs: number;
  readonly #closing = new AbortController();
  readonly #remote;
  readonly #timer: NodeJS.Timeout;
  #request: Promise<void> | null = null;
  #requestedAt = -Infinity;
  /** When the request for the current keys began. */
  #readAt = -Infinity;
  #keys: IssuerKey[] = [];
  /** By thumbprint, so that a key stays the same when other fields of its JWK change. */
  #withdrawals = new Map<string, AbortController>();

  constructor(url: string, log: Log, { timeoutMs = 3_000, pauseMs = 1_000 }: JwksTiming = {}) {
    this.#url = url;
    this.#log = log;
    this.#pauseMs = pauseMs;
    this.#remote = createRemoteJWKSet(new URL(url), {
      timeoutDuration: timeoutMs,
      [customFetch]: async (input, init) =>
        limitSize(await fetch(input, { ...init, signal: AbortSignal.any([init.signal, this.#closing.signal]) })),
    });
    this.#timer = setInterval(() => void this.#refresh(), refreshMs / 10);
    this.#timer.unref();
  }

  /** False if the issuer was unavailable for so long that keys may have been withdrawn. */
  get areFresh(): boolean {
    return performance.now() - this.#readAt <= staleMs;
  }

  /** The keys that may have signed a token; none if they are too old. */
  get current(): readonly IssuerKey[] {
    return this.areFresh ? this.#keys : [];
  }

  /**
   * Requests the keys, with one request for all concurrent callers.
   *
   * @param since by `performance.now()`: a request that began after this moment is recent enough
   * @throws AuthenticationUnavailableError
   */
  async reload(since: number): Promise<void> {
    try {
      // A running request may have begun before that moment. In this case a second request follows it.
      while (this.#readAt <= since) await (this.#request ??= this.#load().finally(() => (this.#request = null)));
    } catch (error) {
      const message = 'the keys of the token issuer are not available: try again';
      throw new AuthenticationUnavailableError(message, { cause: messageOf(error) });
    }
  }

  /** Reads the keys for the first time. @throws Error with the reason why it failed */
  async start(): Promise<void> {
    await this.#read();
    if (this.#keys.length === 0) throw new Error('the key set is empty');
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closing.abort();
  }

  async #refresh(): Promise<void> {
    const isDue = performance.now() - this.#readAt >= refreshMs;
    if (isDue) await this.reload(performance.now()).catch(() => undefined);
  }

  async #load(): Promise<void> {
    const delayMs = this.#requestedAt + this.#pauseMs - performance.now();
    if (delayMs > 0) await wait(delayMs, undefined, { signal: this.#closing.signal });
    try {
      await this.#read();
    } catch (error) {
      if (!this.#closing.signal.aborted) {
        this.#log.warn({ url: this.#url, err: error }, 'keys of the token issuer could not be loaded');
      }
      throw error;
    }
  }

  async #read(): Promise<void> {
    const requestedAt = performance.now();
    this.#requestedAt = requestedAt;
    await this.#remote.reload();
    const keys = this.#remote.jwks()?.keys ?? [];
    this.#replace(await Promise.all(keys.map(async (jwk) => ({ jwk, id: await thumbprintOf(jwk) }))));
    this.#readAt = requestedAt;
  }

  #replace(keys: readonly { jwk: JWK; id: string }[]): void {
    const before = this.#withdrawals;
    this.#withdrawals = new Map();
    this.#keys = keys.map(({ jwk, id }) => {
      const withdrawal = before.get(id) ?? this.#withdrawals.get(id) ?? new AbortController();
      this.#withdrawals.set(id, withdrawal);
      return { keyOf: createLocalJWKSet({ keys: [jwk] }), withdrawn: withdrawal.signal };
    });
    for (const [id, withdrawal] of before) if (!this.#withdrawals.has(id)) withdrawal.abort();
  }
}

/** Returns the thumbprint of RFC 7638; for an invalid key its JSON. */
async function thumbprintOf(jwk: JWK): Promise<string> {
  return calculateJwkThumbprint(jwk).catch(() => JSON.stringify(jwk));
}

/** Returns a response whose body can't be read beyond the maximum size: reading it fails. */
function limitSize({ body, status }: Response): Response {
  let left = maxBytes;
  const limit = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      left -= chunk.byteLength;
      if (left < 0) controller.error(new Error(`the response has more than ${maxBytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
  return new Response(body?.pipeThrough(limit) ?? null, { status });
}
