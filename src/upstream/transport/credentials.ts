import type { WaitOptions } from '../../concurrency/waitFor.ts';

/** Provides the `Authorization` header of every request to the API. */
export interface Credentials {
  /**
   * Returns the header if it is known, and otherwise a promise of it.
   *
   * @param wait limits the wait for a token
   * @throws NotSentError when no token can be obtained
   */
  authorization(wait?: WaitOptions): string | Promise<string>;
  /**
   * Must be called when the API has responded with 401 to a request with this header. Returns whether a different
   * header is available. A retry with that header is safe, since the API checks credentials before it processes a
   * request.
   */
  renew(refused: string, wait?: WaitOptions): Promise<boolean>;
  /** Must be called when the API has accepted this header. */
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
