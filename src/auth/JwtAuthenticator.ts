import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';

import { lruCache } from '../lruCache.ts';
import type { Log } from '../log.ts';

import type { Authenticator } from './Authenticator.ts';
import { bearerToken } from './bearerToken.ts';
import { JwksKeys } from './JwksKeys.ts';
import type { IssuerKey } from './JwksKeys.ts';
import { principalOfClaims } from './principalOfClaims.ts';
import { Session } from './Session.ts';
import { AuthSetupError, UnauthenticatedError } from '../errors/authErrors.ts';

export interface JwtOptions {
  /** Where the issuer tells its keys. */
  jwksUrl: string;
  issuer: string;
  audience: string;
  /** By how much the issuer's clock and this one may differ, in seconds. */
  clockSkewS: number;
}

/** Asymmetric ones only: with a shared secret, whoever can check a token could make one. */
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
  /** What has signed it. */
  key: IssuerKey;
}

/** Tokens of one issuer for one audience (RFC 7519, RFC 9068), verified by jose; each is verified once. */
export class JwtAuthenticator implements Authenticator {
  readonly #options: JwtOptions;
  readonly #keys: JwksKeys;
  readonly #log: Log;
  /** By token. */
  readonly #sessions = new LRUCache<string, Session>(lruCache(5_000));

  private constructor(options: JwtOptions, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#keys = new JwksKeys(options.jwksUrl, log);
  }

  /** @throws AuthSetupError when the issuer's keys can't be had */
  static async open(options: JwtOptions, log: Log): Promise<JwtAuthenticator> {
    const opened = new JwtAuthenticator(options, log);
    try {
      await opened.#keys.start();
    } catch (error) {
      await opened.close();
      throw new AuthSetupError(`${options.jwksUrl}: the keys of the token issuer can't be read: ${reasonOf(error)}`);
    }
    return opened;
  }

  async authenticate(authorization: string | null): Promise<Session> {
    const token = bearerToken(authorization);
    const known = this.#sessions.get(token);
    if (known && !known.hasEnded && this.#keys.areFresh) return known;
    const session = this.#sessionOf(await this.#verify(token));
    this.#sessions.set(token, session);
    return session;
  }

  async close(): Promise<void> {
    this.#keys.close();
  }

  /** What no known key has signed may be signed with a new one: the issuer is asked before it is refused. */
  async #verify(token: string): Promise<Verified> {
    const startedAt = performance.now();
    try {
      return await this.#verifyOnce(token);
    } catch (error) {
      if (!isAboutKeys(error)) throw this.#refusal(error);
      try {
        await this.#keys.askAgain(startedAt);
      } catch (unavailable) {
        throw error instanceof errors.JWKSNoMatchingKey ? unavailable : this.#refusal(error);
      }
    }
    return this.#verifyOnce(token).catch((error: unknown) => {
      throw this.#refusal(error);
    });
  }

  /** By each key that it may be signed with: a token need not name its key, nor two keys have two names. */
  async #verifyOnce(token: string): Promise<Verified> {
    const { issuer, audience, clockSkewS: clockTolerance } = this.#options;
    const rules = { issuer, audience, algorithms, clockTolerance, requiredClaims: ['sub', 'exp'] };
    let failure: unknown = new errors.JWKSNoMatchingKey();
    for (const key of this.#keys.known) {
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

  #sessionOf({ payload, key }: Verified): Session {
    const endsAtMs = ((payload.exp ?? 0) + this.#options.clockSkewS) * 1_000;
    return new Session({ principal: principalOfClaims(payload), endsAtMs, revoked: key.withdrawn });
  }

  /** The claims stay with their token: the log and the caller learn which rule it broke. */
  #refusal(error: unknown): UnauthenticatedError {
    const code = error instanceof errors.JOSEError ? error.code : null;
    this.#log.debug({ code, reason: reasonOf(error) }, 'token refused');
    return new UnauthenticatedError(wordsOf(error));
  }
}

/** A token that this key hasn't signed may be signed with another one; nor is one to blame for a key that can't be used. */
function isAboutKeys(error: unknown): boolean {
  const isToken = error instanceof errors.JOSEError && !(error instanceof errors.JWKSInvalid);
  return (
    !isToken || error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWSSignatureVerificationFailed
  );
}

function wordsOf(error: unknown): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the token's claim ${error.claim} does not hold`;
  return 'the token can not be verified';
}

/** In one line. What `fetch` says itself is "fetch failed", and what tried several addresses says nothing but its code. */
function reasonOf(error: unknown): string {
  const told = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  if (!(told instanceof Error)) return String(told);
  const words = told.message === '' && 'code' in told ? String(told.code) : told.message;
  return words.replace(/\s+/g, ' ');
}
