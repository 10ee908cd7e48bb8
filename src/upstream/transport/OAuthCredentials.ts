import { Agent } from 'undici';

import { waitFor } from '../../concurrency/waitFor.ts';
import type { WaitOptions } from '../../concurrency/waitFor.ts';
import { readJson, spellingOf } from '../../domain/readJson.ts';
import { CredentialsRefusedError } from '../../errors/faults.ts';
import { messageOf } from '../../errors/messageOf.ts';
import type { Log } from '../../log.ts';

import { ApiClock } from './ApiClock.ts';
import { createConnector } from './createConnector.ts';
import type { Credentials } from './credentials.ts';
import { acceptedCodings } from './decodedContent.ts';
import { exchange, NotSentError } from './exchange.ts';
import type { WireResponse, WireRequest } from './exchange.ts';
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

/** Deadline of a request to the token endpoint, in ms. */
const deadlineMs = 10_000;
/**
 * How long before its expiry a token is renewed, in ms; a token with a short lifetime is renewed in the last fifth of
 * it.
 */
const renewEarlyMs = 60_000;
/** How long a new token that the API has not accepted yet is kept despite a 401, in ms. */
const refusalPauseMs = 1_000;

/**
 * OAuth 2 client credentials (RFC 6749, 4.4). All calls share one token. One request at a time renews the token before
 * it expires; until then, calls use the old token.
 */
export class OAuthCredentials implements Credentials {
  readonly #options: OAuthOptions;
  readonly #agent = new Agent({ connect: createConnector() });
  /** The rate limit of the token endpoint, which is not on the API's host. */
  readonly #governor = new RateGovernor(new ApiClock(), 'the token endpoint');
  readonly #closing = new AbortController();
  #isConfirmed = true;
  #renewedAt = -Infinity;
  #token: Token | null = null;
  #renewal: Promise<Token> | null = null;

  constructor(options: OAuthOptions) {
    this.#options = options;
  }

  authorization(wait: WaitOptions = {}): string | Promise<string> {
    const token = this.#token;
    const now = performance.now();
    if (!token || now >= token.endsAt) return this.#renewedToken(wait).then(({ header }) => header);
    if (now >= token.renewAt) {
      this.#startRenewal().catch((error: unknown) => {
        this.#options.log.warn({ err: error }, 'access token could not be renewed, the old one stays in use');
      });
    }
    return token.header;
  }

  async renew(refused: string, wait: WaitOptions = {}): Promise<boolean> {
    // Another call that was refused with this token has already renewed it.
    if (this.#token?.header !== refused) return true;
    // If the API has not accepted the last token, it would probably refuse a new one too: no renewal for a while.
    const now = performance.now();
    if (!this.#isConfirmed && now - this.#renewedAt < refusalPauseMs) return false;
    this.#token = null;
    return (await this.#renewedToken(wait)).header !== refused;
  }

  confirm(accepted: string): void {
    if (this.#token?.header === accepted) this.#isConfirmed = true;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agent.destroy();
  }

  /** Renews the token once for all calls that wait. If one of these calls is aborted, the renewal continues. */
  async #renewedToken(wait: WaitOptions): Promise<Token> {
    const renewal = this.#startRenewal();
    if (!(await waitFor(renewal, wait))) throw new NotSentError('cancelled while waiting for an access token');
    return renewal;
  }

  #startRenewal(): Promise<Token> {
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
      const headers = {
        accept: 'application/json',
        'accept-encoding': acceptedCodings,
        'content-type': 'application/x-www-form-urlencoded',
      };
      const request: WireRequest = {
        method: 'POST',
        path: `${pathname}${search}`,
        headers,
        body: new URLSearchParams(form).toString(),
      };
      const response = await exchange(this.#agent, origin, request, { deadlineMs });
      const { status } = response;
      if (status === 429) this.#governor.learn(status, { 'retry-after': response.headers['retry-after'] });
      return readToken(response);
    } catch (cause) {
      throw new NotSentError(`no access token: ${messageOf(cause)}`, { cause });
    } finally {
      this.#governor.end(permit);
    }
  }
}

/** Reads a token. Error messages never contain the token or the secret. */
function readToken({ status, body, unreadable }: WireResponse): Token {
  const { access_token, expires_in, error } = parse(body);
  if (typeof access_token === 'string' && access_token !== '' && status < 300) {
    const lifeMs = secondsOf(expires_in) * 1_000;
    const now = performance.now();
    const earlyMs = Math.min(renewEarlyMs, lifeMs / 5);
    return { header: `Bearer ${access_token}`, renewAt: now + lifeMs - earlyMs, endsAt: now + lifeMs };
  }
  const reason = typeof error === 'string' ? error.slice(0, 80) : (unreadable ?? 'no reason given');
  if (status === 400 || status === 401 || status === 403)
    throw new CredentialsRefusedError(`the token endpoint refused: ${reason}`);
  throw new Error(`the token endpoint answered HTTP ${status}: ${reason}`);
}

/** The lifetime of a token. Some issuers send it as a string. Without a readable number, one minute is assumed. */
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
