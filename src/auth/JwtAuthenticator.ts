import { errors, jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';

import type { Log } from '../log.ts';

import type { Authenticator } from './Authenticator.ts';
import { bearerToken } from './bearerToken.ts';
import { JwksKeys } from './JwksKeys.ts';
import { principalOfClaims } from './principalOfClaims.ts';
import { Session } from './Session.ts';
import { AuthSetupError, UnauthenticatedError } from './unauthenticated.ts';

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
  session: Session;
  /** Of the keys it was verified with. */
  version: number;
}

/** Tokens of one issuer for one audience (RFC 7519, RFC 9068), verified by jose; each is verified once. */
export class JwtAuthenticator implements Authenticator {
  readonly #options: JwtOptions;
  readonly #keys: JwksKeys;
  readonly #log: Log;
  readonly #verified = new LRUCache<string, Verified>({ max: 5_000 });

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
    const known = this.#verified.get(token);
    if (known?.version === this.#keys.version && !known.session.hasEnded) return known.session;
    const session = sessionOf(await this.#verify(token), this.#options.clockSkewS);
    this.#verified.set(token, { session, version: this.#keys.version });
    return session;
  }

  async close(): Promise<void> {
    this.#keys.close();
  }

  /** What no known key has signed may be signed with a new one: the issuer is asked before it is refused. */
  async #verify(token: string): Promise<JWTPayload> {
    const startedAt = performance.now();
    try {
      return await this.#verifyOnce(token);
    } catch (error) {
      const isUnknownKey = error instanceof errors.JWKSNoMatchingKey;
      const isOtherKey = error instanceof errors.JWSSignatureVerificationFailed;
      if (!isUnknownKey && !isOtherKey) throw this.#refusal(error);
      try {
        await this.#keys.askAgain(startedAt);
      } catch (unavailable) {
        throw isUnknownKey ? unavailable : this.#refusal(error);
      }
    }
    return this.#verifyOnce(token).catch((error: unknown) => {
      throw this.#refusal(error);
    });
  }

  async #verifyOnce(token: string): Promise<JWTPayload> {
    const { issuer, audience, clockSkewS } = this.#options;
    const { payload } = await jwtVerify(token, this.#keys.keyOf, {
      issuer,
      audience,
      algorithms,
      clockTolerance: clockSkewS,
      requiredClaims: ['sub', 'exp'],
    });
    return payload;
  }

  /** The claims stay with their token: the log and the caller learn which rule it broke. */
  #refusal(error: unknown): unknown {
    if (!(error instanceof errors.JOSEError)) return error;
    this.#log.debug({ code: error.code, reason: reasonOf(error) }, 'token refused');
    return new UnauthenticatedError(wordsOf(error));
  }
}

function sessionOf(payload: JWTPayload, clockSkewS: number): Session {
  const endsAtMs = ((payload.exp ?? 0) + clockSkewS) * 1_000;
  return new Session({ principal: principalOfClaims(payload), endsAtMs });
}

function wordsOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'the token has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return `the token's claim ${error.claim} does not hold`;
  return 'the token can not be verified';
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // What `fetch` says itself is "fetch failed".
  return error.cause instanceof Error ? error.cause.message : error.message;
}
