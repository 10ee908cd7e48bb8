import { Agent } from 'undici';

import { spellingOf } from '../../domain/JsonNumber.ts';
import { readJson } from '../../domain/readJson.ts';
import type { Log } from '../../log.ts';

import { ApiClock } from './ApiClock.ts';
import { createConnector } from './createConnector.ts';
import type { Credentials } from './credentials.ts';
import { exchange, NotSentError } from './exchange.ts';
import type { WireAnswer, WireRequest } from './exchange.ts';
import { CredentialsRefusedError } from '../../errors/faults.ts';
import { messageOf } from '../../errors/messageOf.ts';
import { RateGovernor } from './RateGovernor.ts';

export interface OAuthOptions {
  clientId: string;
  clientSecret: string;
  tokenUrl: string;
  log: Log;
}

interface Token {
  header: string;
  /** By `performance.now()`. */
  renewAt: number;
  endsAt: number;
}

/** How long the token endpoint may take, in ms. */
const deadlineMs = 10_000;
/** A token is renewed this long before it ends, in ms, or in the last fifth of a short life. */
const renewEarlyMs = 60_000;

/** For how long a token that the API has not taken yet is not replaced because of a 401, in ms. */
const refusalPauseMs = 1_000;

/**
 * OAuth 2 client credentials (RFC 6749, 4.4): one token for all calls, renewed before it ends while the old one still
 * serves, one renewal at a time however many calls ask for it.
 */
export class OAuthCredentials implements Credentials {
  readonly #options: OAuthOptions;
  readonly #agent = new Agent({ connect: createConnector() });
  /** The token endpoint's own limit: it is another host than the API's. */
  readonly #governor = new RateGovernor(new ApiClock(), 'the token endpoint');
  readonly #closing = new AbortController();
  #isConfirmed = true;
  #renewedAt = -Infinity;
  #token: Token | null = null;
  #renewal: Promise<Token> | null = null;

  constructor(options: OAuthOptions) {
    this.#options = options;
  }

  async authorization(signal?: AbortSignal): Promise<string> {
    const token = this.#token;
    const now = performance.now();
    if (!token || now >= token.endsAt) return (await unlessAborted(this.#renewed(), signal)).header;
    if (now >= token.renewAt) {
      this.#renewed().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'access token could not be renewed, the old one serves on');
      });
    }
    return token.header;
  }

  async renew(refused: string, signal?: AbortSignal): Promise<boolean> {
    // Of many calls that were refused together, the first has renewed it for all.
    if (this.#token?.header !== refused) return true;
    // A token that was never taken by the API isn't replaced again and again: another would be refused too.
    const now = performance.now();
    if (!this.#isConfirmed && now - this.#renewedAt < refusalPauseMs) return false;
    this.#token = null;
    return (await unlessAborted(this.#renewed(), signal)).header !== refused;
  }

  confirm(accepted: string): void {
    if (this.#token?.header === accepted) this.#isConfirmed = true;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agent.destroy();
  }

  #renewed(): Promise<Token> {
    this.#renewal ??= this.#request()
      .then((token) => {
        this.#isConfirmed = false;
        this.#renewedAt = performance.now();
        return (this.#token = token);
      })
      .finally(() => (this.#renewal = null));
    return this.#renewal;
  }

  async #request(): Promise<Token> {
    const { tokenUrl, clientId, clientSecret } = this.#options;
    const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
    const permit = await this.#governor.pass({
      endsAt: performance.now() + deadlineMs,
      signal: this.#closing.signal,
    });
    try {
      const { origin, pathname, search } = new URL(tokenUrl);
      const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
      const asked: WireRequest = {
        method: 'POST',
        path: `${pathname}${search}`,
        headers,
        body: new URLSearchParams(form).toString(),
      };
      const answer = await exchange(this.#agent, origin, asked, { deadlineMs });
      const { status } = answer;
      if (status === 429) this.#governor.learn(status, { 'retry-after': answer.headers['retry-after'] });
      return readToken(answer);
    } catch (cause) {
      const reason = messageOf(cause);
      throw new NotSentError(`no access token: ${reason}`, { cause });
    } finally {
      this.#governor.end(permit);
    }
  }
}

/** The renewal is everybody's and goes on; this caller doesn't wait any longer. */
function unlessAborted<Value>(pending: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (!signal) return pending;
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new NotSentError('given up while waiting for an access token'));
    signal.addEventListener('abort', giveUp, { once: true });
    if (signal.aborted) giveUp();
    pending.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
  });
}

/** Neither the token nor the secret is ever part of a message. */
function readToken({ status, body, unreadable }: WireAnswer): Token {
  const { access_token, expires_in, error } = parse(body);
  if (typeof access_token === 'string' && access_token !== '' && status < 300) {
    const lifeMs = secondsOf(expires_in) * 1_000;
    const now = performance.now();
    const earlyMs = Math.min(renewEarlyMs, lifeMs / 5);
    return { header: `Bearer ${access_token}`, renewAt: now + lifeMs - earlyMs, endsAt: now + lifeMs };
  }
  const words = typeof error === 'string' ? error.slice(0, 80) : (unreadable ?? 'no reason given');
  if (status === 400 || status === 401 || status === 403)
    throw new CredentialsRefusedError(`the token endpoint refused: ${words}`);
  throw new Error(`the token endpoint answered HTTP ${status}: ${words}`);
}

/** Some issuers write it in a string. What says no time is taken for a short one. */
function secondsOf(expiresIn: unknown): number {
  const seconds = Number(spellingOf(expiresIn) ?? (typeof expiresIn === 'string' ? expiresIn : Number.NaN));
  return seconds > 0 && Number.isFinite(seconds) ? seconds : 60;
}

function parse(body: string): { access_token?: unknown; expires_in?: unknown; error?: unknown } {
  try {
    const value = readJson(body);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
