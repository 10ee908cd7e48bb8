import type { WaitOptions } from '../../concurrency/waitFor.ts';

/** Provides the `Authorization` header of every request to the API. */
export interface Credentials {
  /**
   * The header itself if it is known, otherwise a promise of it.
   *
   * @param wait limits the wait for a token
   * @throws NotSentError when no token can be obtained
   */
  authorization(wait?: WaitOptions): string | Promise<string>;
  /**
   * To be called when the API has answered a request with this header with 401. True when another header is available.
   * A retry is then safe, since the API checks credentials before it processes the request.
   */
  renew(refused: string, wait?: WaitOptions): Promise<boolean>;
  /** To be called when the API has accepted this header. */
  confirm(accepted: string): void;
  close(): Promise<void>;
}

/** The API's legacy credentials: HTTP Basic, with the key id as user and the secret key as password. */
export function basicCredentials(keyId: string, secretKey: string): Credentials {
  const header = `Basic ${Buffer.from(`${keyId}:${secretKey}`, 'utf8').toString('base64')}`;
  return {
    authorization: () => header,
    renew: () => Promise.resolve(false),
    confirm: () => undefined,
    close: () => Promise.resolve(),
  };
}
