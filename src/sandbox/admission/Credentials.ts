import { randomBytes } from 'node:crypto';

import type { SandboxClock } from '../values/SandboxClock.ts';
import type { Settings } from '../setup/SandboxOptions.ts';
import { Refusal } from '../api/Refusal.ts';
import { type Answer, json, refusalAnswer } from '../api/Answer.ts';

/** Checks Basic credentials, and issues and checks the bearer tokens of one OAuth client. */
export class Credentials {
  readonly #settings: Settings;
  readonly #clock: SandboxClock;
  readonly #basic: string;
  /** When each token expires, in microseconds of the sandbox's clock. */
  readonly #tokens = new Map<string, number>();
  #issued = 0;

  constructor(settings: Settings, clock: SandboxClock) {
    this.#settings = settings;
    this.#clock = clock;
    this.#basic = Buffer.from(`${settings.keyId}:${settings.secretKey}`).toString('base64');
  }

  /** Checks an `Authorization` header. Returns the 401 response, or null if the credential is valid. */
  check(authorization: string | undefined): Answer | null {
    const [scheme = '', credential = ''] = (authorization ?? '').split(/ +/);
    if (scheme.toLowerCase() === 'bearer') return this.#isValid(credential) ? null : { status: 401 };
    if (scheme.toLowerCase() === 'basic' && credential === this.#basic) return null;
    return refusalAnswer(new Refusal(401, 'access key verification failed'));
  }

  /** Handles `POST /v1/oauth2/token`: a form-encoded client credentials grant. */
  grant(form: string): Answer {
    const fields = new URLSearchParams(form);
    const missing = ['grant_type', 'client_id', 'client_secret'].filter((name) => !fields.get(name));
    if (missing.length > 0) return json({ error: 'invalid_request', fields: missing }, 400);
    if (fields.get('grant_type') !== 'client_credentials') {
      return json({ error: 'unsupported_grant_type', fields: ['grant_type'] }, 400);
    }
    const wrong = this.#wrongFields(fields);
    if (wrong.length > 0) return json({ error: 'invalid_client', fields: wrong }, 401);
    return json({ access_token: this.#issue(), expires_in: this.#settings.tokenLifetimeSeconds, token_type: 'Bearer' });
  }

  /** Revokes every token and returns how many there were. */
  revokeAll(): number {
    const count = this.#tokens.size;
    this.#tokens.clear();
    return count;
  }

  stats(): { issued: number; live: number } {
    this.#dropExpired();
    return { issued: this.#issued, live: this.#tokens.size };
  }

  reset(): void {
    this.#tokens.clear();
    this.#issued = 0;
  }

  #isValid(token: string): boolean {
    const end = this.#tokens.get(token);
    return end !== undefined && this.#clock.now() < end;
  }

  #wrongFields(fields: URLSearchParams): string[] {
    const { clientId, clientSecret } = this.#settings;
    if (fields.get('client_id') !== clientId) return ['client_id'];
    return fields.get('client_secret') === clientSecret ? [] : ['client_secret'];
  }

  #issue(): string {
    this.#dropExpired();
    this.#issued += 1;
    const token = randomBytes(24).toString('base64url');
    this.#tokens.set(token, this.#clock.now() + this.#settings.tokenLifetimeSeconds * 1_000_000);
    return token;
  }

  #dropExpired(): void {
    const now = this.#clock.now();
    for (const [token, end] of this.#tokens) if (end <= now) this.#tokens.delete(token);
  }
}
