import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';

import { lruCache } from '../lruCache.ts';
import type { Log } from '../log.ts';

import type { Authenticator } from './Authenticator.ts';
import { bearerToken } from './bearerToken.ts';
import { JwksKeys } from './JwksKeys.ts';
import type { IssuerKey, JwksTiming } from './JwksKeys.ts';
import { principalOfClaims } from './principalOfClaims.ts';
import { Session } from './Session.ts';
import { UnauthenticatedError } from '../errors/authErrors.ts';
import { SetupError } from '../errors/SetupError.ts';

export interface JwtOptions {
  /** Address of the issuer's key set. */
  jwksUrl: string;
  issuer: string;
  audience: string;
  /** Tolerated difference between the clocks of the issuer and of this process, in seconds. */
  clockSkewS: number;
  jwksTiming?: JwksTiming;
}

/** Only asymmetric algorithms: with a shared secret, anyone who can verify a token could sign one. */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

interface Verified {
  payload: JWTPayload;
  /** The key that signed the token. */
  key: IssuerKey;
}

/**
 * Authenticates with tokens of one issuer for one audience (RFC 7519, RFC 9068). The session of a verified token is
 * cached, so that jose need not verify the token again for each request.
 */
export class JwtAuthenticator implements Authenticator {
  readonly #options: JwtOptions;
  readonly #keys: JwksKeys;
  readonly #log: Log;
  /** The sessions by token. */
  readonly #sessions = new LRUCache<string, Session>(lruCache(5_000));

  private constructor(options: JwtOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#keys = new JwksKeys(options.jwksUrl, log, options.jwksTiming);
  }

  /** @throws SetupError if the issuer's keys can't be loaded */
  static async open(options: JwtOptions, log: Log): Promise<JwtAuthenticator> {
    const opened = new JwtAuthenticator(options, log);
    try {
      await opened.#keys.start();
    } catch (error) {
      await opened.close();
      throw new SetupError(`${options.jwksUrl}: the keys of the token issuer can't be loaded: ${reasonOf(error)}`);
    }
    return opened;
  }

  authenticate(authorization: string | null): Session | Promise<Session> {
    const token = bearerToken(authorization);
    const cached = this.#sessions.get(token);
    if (cached && !cached.hasEnded && this.#keys.areFresh) return cached;
    return this.#admit(token);
  }

  async #admit(token: string): Promise<Session> {
    const { payload, key } = await this.#verify(token);
    const endsAtMs = ((payload.exp ?? 0) + this.#options.clockSkewS) * 1_000;
    const session = new Session({ principal: principalOfClaims(payload), endsAtMs, revoked: key.withdrawn });
    this.#sessions.set(token, session);
    return session;
  }

  async close(): Promise<void> {
    this.#keys.close();
  }

  /** Verifies a token. Reloads the keys before refusing a token that no known key has signed: a new key may have. */
  async #verify(token: string): Promise<Verified> {
    const startedAt = performance.now();
    try {
      return await this.#verifyOnce(token);
    } catch (error) {
      if (!isAboutKeys(error)) throw this.#refusal(error);
      try {
        await this.#keys.reload(startedAt);
      } catch (unavailable) {
        throw error instanceof errors.JWKSNoMatchingKey ? unavailable : this.#refusal(error);
      }
    }
    return this.#verifyOnce(token).catch((error: unknown) => {
      throw this.#refusal(error);
    });
  }

  /** Tries every key: a token may have no key ID, and two keys may have the same ID. */
  async #verifyOnce(token: string): Promise<Verified> {
    const { issuer, audience, clockSkewS: clockTolerance } = this.#options;
    const rules = { issuer, audience, algorithms, clockTolerance, requiredClaims: ['sub', 'exp'] };
    let failure: unknown = new errors.JWKSNoMatchingKey();
    for (const key of this.#keys.current) {
      try {
        const { payload } = await jwtVerify(token, key.keyOf, rules);
        return { payload, key };
      } catch (error) {
        if (!isAboutKeys(error)) throw error;
        if (!(error instanceof errors.JWKSNoMatchingKey)) failure = error;
      }
    }
    throw failure;
  }

  /** Logs the reason. The caller learns only whether the token has expired or which claim is invalid, but no values. */
  #refusal(error: unknown): UnauthenticatedError {
    const code = error instanceof errors.JOSEError ? error.code : null;
    this.#log.debug({ code, reason: reasonOf(error) }, 'token refused');
    return new UnauthenticatedError(messageFor(error));
  }
}

/** True if another key may have signed the token, or if the key itself is unusable. */
function isAboutKeys(error: unknown): boolean {
  const isToken = error instanceof errors.JOSEError && !(error instanceof errors.JWKSInvalid);
  return (
    !isToken || error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed
  );
}

function messageFor(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the claim ${error.claim} of the token is invalid`;
  return 'the token cannot be verified';
}

/**
 * Returns the reason for an error on one line. The error `fetch failed` has its reason in `cause`. If several addresses
 * were tried, the cause has no message, so its code is returned.
 */
function reasonOf(error: unknown): string {
  const reason = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(reason instanceof Error)) return String(reason);
  const message = reason.message === '' && 'code' in reason ? String(reason.code) : reason.message;
  return message.replace(/\s+/g, ' ');
}
