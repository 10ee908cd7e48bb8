import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { JWK, JWTHeaderParameters } from 'jose';

import type { AuthConfig } from '../../src/config/auth.ts';

import { closeLater } from './closeLater.ts';

type KeyPair = Awaited<ReturnType<typeof generateKeyPair>>;

interface SigningKey {
  pair: KeyPair;
  jwk: JWK & { kid: string };
}

/** A token issuer that publishes its keys with a real HTTP server. */
export class Issuer {
  readonly name = 'https://issuer.example';
  readonly audience = 'journals';
  readonly #server: Server;
  readonly #hung = new Set<ServerResponse>();
  #key: SigningKey;
  #published: JWK[];
  #hangs = false;
  #answer: ((response: ServerResponse) => void) | null = null;
  /** The number of requests for the keys so far. */
  requests = 0;

  private constructor(key: SigningKey) {
    this.#key = key;
    this.#published = [key.jwk];
    this.#server = createServer((_request, response) => {
      this.requests += 1;
      if (this.#hangs) this.#hung.add(response);
      else if (this.#answer) this.#answer(response);
      else response.end(JSON.stringify({ keys: this.#published }));
    });
  }

  /** Starts an issuer, which is closed when the test ends. */
  static async start(alg = 'ES256'): Promise<Issuer> {
    const issuer = await Issuer.open(alg);
    closeLater(() => issuer.close());
    return issuer;
  }

  static async open(alg = 'ES256'): Promise<Issuer> {
    const issuer = new Issuer(await newKey(alg));
    await new Promise<void>((resolve) => issuer.#server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/keys`;
  }

  /** The configuration of a gateway that trusts this issuer and may request its keys without a pause in between. */
  get auth(): AuthConfig & { kind: 'jwt' } {
    return {
      kind: 'jwt',
      jwksUrl: this.url,
      issuer: this.name,
      audience: this.audience,
      clockSkewS: 0,
      jwksTiming: { pauseMs: 20 },
    };
  }

  get publicJwk(): JWK & { kid: string } {
    return this.#key.jwk;
  }

  /**
   * Signs a token that is valid for five minutes.
   *
   * @param claims replace the default claims; undefined removes a claim
   */
  token(claims: Record<string, unknown> = {}): Promise<string> {
    return this.signAs(this.#key.jwk.kid, this.claims(claims));
  }

  /** Signs a token with the issuer's key, but with this key ID in the header. */
  signAs(kid: string, claims: Record<string, unknown>): Promise<string> {
    return this.signUnder({ kid }, claims);
  }

  /** Signs a token with the issuer's key, but with this header. */
  signUnder(header: Record<string, unknown>, claims: Record<string, unknown>): Promise<string> {
    return this.sign(claims, { alg: this.#key.jwk.alg ?? '', ...header }, this.#key.pair.privateKey);
  }

  claims(changes: Record<string, unknown> = {}): Record<string, unknown> {
    const exp = Math.floor(Date.now() / 1_000) + 300;
    return { iss: this.name, aud: this.audience, sub: 'ann', scope: 'journals:read', exp, ...changes };
  }

  /** Signs a token with this header, these claims and this key. */
  sign(
    claims: Record<string, unknown>,
    header: JWTHeaderParameters,
    key: Parameters<SignJWT['sign']>[0],
  ): Promise<string> {
    return new SignJWT(JSON.parse(JSON.stringify(claims)) as Record<string, unknown>)
      .setProtectedHeader(header)
      .sign(key, { crit: Object.fromEntries((header.crit ?? []).map((name) => [name, true])) });
  }

  /** Makes the issuer sign with a new key from now on. The old key stays published unless `withdraw` is true. */
  async rotate({ withdraw = false, sameKid = false } = {}): Promise<void> {
    const { alg = '', kid } = this.#key.jwk;
    this.#key = await newKey(alg, sameKid ? kid : undefined);
    this.#published = withdraw || sameKid ? [this.#key.jwk] : [...this.#published, this.#key.jwk];
  }

  /** Publishes this key in addition to the others. */
  publish(jwk: JWK): void {
    this.#published = [...this.#published, jwk];
  }

  /** Adds a field to each published key and changes the order of its fields. */
  respell(): void {
    this.#published = this.#published.map((jwk) => ({
      x5u: 'https://issuer.example/x5u',
      ...Object.fromEntries(Object.entries(jwk).reverse()),
    }));
  }

  /** Responds to requests for the keys with this function from now on; null publishes the keys again. */
  answerWith(answer: ((response: ServerResponse) => void) | null): void {
    this.#answer = answer;
  }

  /** Makes the issuer accept requests for its keys and never respond to them. */
  hang(): void {
    this.#hangs = true;
  }

  async close(): Promise<void> {
    for (const response of this.#hung) response.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

let keys = 0;

async function newKey(alg: string, kid = `key-${(keys += 1)}`): Promise<SigningKey> {
  const pair = await generateKeyPair(alg, { extractable: true });
  return { pair, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg, use: 'sig' } };
}
